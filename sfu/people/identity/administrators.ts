import { foldedName, nameSkeleton } from '#shared/userName.ts';
import type { Profile } from '../../store/api/accountStore.ts';

/**
 * The names of `accounts.administrators`. Each is bound to one account: the account is administrator, not the name
 * (ACCOUNT-14).
 */
export class Administrators {
	readonly names: readonly string[];
	readonly #folded: ReadonlySet<string>;
	/** The skeletons of the names. */
	readonly #reserved: ReadonlySet<string>;

	/** @param names user names. */
	constructor(names: readonly string[]) {
		this.names = names;
		this.#folded = new Set(names.map(foldedName));
		this.#reserved = new Set(names.map(nameSkeleton));
	}

	/** Whether a user name with this skeleton looks like an administrator's. */
	isReserved(skeleton: string): boolean {
		return this.#reserved.has(skeleton);
	}

	/** Whether this is exactly a configured name, not one that only looks like it. */
	isNamed(userName: string): boolean {
		return this.#folded.has(foldedName(userName));
	}

	/** Whether this person is an administrator: appointed, or bound to a name that is still configured. */
	has(profile: Pick<Profile, 'administrator' | 'userName'> | null): boolean {
		if (!profile || profile.userName === null || profile.administrator === null) return false;
		return profile.administrator === 'appointed' || this.isNamed(profile.userName);
	}
}
