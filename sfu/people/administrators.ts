import { foldedName, nameSkeleton } from '#shared/userName.ts';
import type { Profile } from '../store/accountStore.ts';

/** The names of `accounts.administrators`, and whose they are: accounts are administrators, and not names (R223). */
export class Administrators {
	readonly names: readonly string[];
	readonly #folded: ReadonlySet<string>;
	/** What they look like. */
	readonly #reserved: ReadonlySet<string>;

	/** @param names user names. */
	constructor(names: readonly string[]) {
		this.names = names;
		this.#folded = new Set(names.map(foldedName));
		this.#reserved = new Set(names.map(nameSkeleton));
	}

	/** Whether a user name that looks like this is one of an administrator. */
	isReserved(skeleton: string): boolean {
		return this.#reserved.has(skeleton);
	}

	/** Whether this is a name of an administrator, and not merely one that looks like it. */
	isNamed(userName: string): boolean {
		return this.#folded.has(foldedName(userName));
	}

	/** Whether this person is an administrator: appointed, or bound to a name that the configuration still has. */
	has(profile: Pick<Profile, 'administrator' | 'userName'> | null): boolean {
		if (!profile || profile.userName === null || profile.administrator === null) return false;
		return profile.administrator === 'appointed' || this.isNamed(profile.userName);
	}
}
