import type { Self, Suspension } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import { foldedName, nameSkeleton } from '#shared/userName.ts';
import type { Access } from '../chat/access.ts';
import type { AccountStore, Profile } from '../store/accountStore.ts';
import type { Visitor, Visitors } from './visitors.ts';

/** Who looks after the server, and who is kept out of it. */
export class Standings {
	/** User names, by how they count for whoever has them. */
	readonly #administrators: ReadonlyMap<string, string>;
	/** What they look like. */
	readonly #reserved: ReadonlySet<string>;
	readonly #accounts: AccountStore;
	readonly #access: Pick<Access, 'reading' | 'saving'>;
	readonly #visitors: Visitors;

	/** @param administrators user names. */
	constructor(
		administrators: readonly string[],
		accounts: AccountStore,
		access: Pick<Access, 'reading' | 'saving'>,
		visitors: Visitors,
	) {
		this.#administrators = new Map(administrators.map((name) => [foldedName(name), name]));
		this.#reserved = new Set(administrators.map(nameSkeleton));
		this.#accounts = accounts;
		this.#access = access;
		this.#visitors = visitors;
	}

	/** Whether a user name that looks like this is one of an administrator. */
	isReserved(skeleton: string): boolean {
		return this.#reserved.has(skeleton);
	}

	/** Whether this is the user name of an administrator, and not merely one that looks like it. */
	isNamed(userName: string): boolean {
		return this.#administrators.has(foldedName(userName));
	}

	/** Names of administrators that nobody has yet: whoever takes one is one. */
	async unclaimed(): Promise<string[]> {
		const free = await Promise.all(
			[...this.#administrators.values()].map(async (name) =>
				(await this.#accounts.credentials(name)) ? [] : [name],
			),
		);
		return free.flat();
	}

	async isAdministrator(personId: PersonId): Promise<boolean> {
		return this.#isAdministrator(await this.#profile(personId));
	}

	/** Until when this person is kept out, and why; null where they are not. */
	async suspensionOf(personId: PersonId): Promise<Suspension | null> {
		return inForce(await this.#profile(personId));
	}

	/**
	 * Keeps a person out until a time, at once and on every device; null lets them in again.
	 *
	 * @throws {CodedError} NOT_SAVED.
	 */
	async suspend(personId: PersonId, suspension: Suspension | null): Promise<void> {
		await this.#access.saving(() => this.#accounts.suspend(personId, suspension));
		this.#visitors.forget(personId);
		if (suspension) this.#visitors.emit('excluded', personId, suspended(suspension));
	}

	/** Who somebody is, as their pages need to know. */
	selfOf({ personId, profile, roomId }: Omit<Visitor, 'sessionId'>): Self {
		const hasAccount = profile !== null && profile.accountAt !== null;
		return {
			personId,
			account: hasAccount ? { userName: profile.userName } : null,
			name: profile?.name ?? null,
			colour: profile?.colour ?? null,
			administrator: this.#isAdministrator(profile),
			roomId,
			suspended: inForce(profile),
		};
	}

	#isAdministrator(profile: Profile | null): boolean {
		return typeof profile?.userName === 'string' && this.isNamed(profile.userName);
	}

	#profile(personId: PersonId): Promise<Profile | null> {
		return this.#access.reading(() => this.#accounts.profile(personId));
	}
}

/** A suspension that is not over. */
export function inForce(profile: Profile | null, now = Date.now()): Suspension | null {
	const suspension = profile?.suspended ?? null;
	return suspension && suspension.until > now ? suspension : null;
}

/** What somebody is told who is kept out. */
export function suspended({ until, reason }: Suspension): CodedError {
	const end = new Date(until).toISOString().slice(0, 16).replace('T', ' ');
	const why = reason === '' ? '' : ` The reason: ${reason}`;
	return new CodedError('SUSPENDED', `You are suspended from this server until ${end} UTC.${why}`);
}
