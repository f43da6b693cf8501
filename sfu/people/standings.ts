import { suspensionEnd, type Self, type Suspension } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Access } from '../chat/access.ts';
import type { Log } from '../log.ts';
import type { AccountStore, Profile } from '../store/accountStore.ts';
import type { Administrators } from './administrators.ts';
import type { Visitor, Visitors } from './visitors.ts';

/** Who looks after the server, and who is kept out of it. */
export class Standings {
	readonly administrators: Administrators;
	readonly #accounts: AccountStore;
	readonly #access: Pick<Access, 'reading' | 'saving'>;
	readonly #visitors: Visitors;
	readonly #log: Log;
	/** Administrators whom the log has named. */
	readonly #named = new Set<PersonId>();

	constructor(
		administrators: Administrators,
		accounts: AccountStore,
		access: Pick<Access, 'reading' | 'saving'>,
		visitors: Visitors,
		log: Log,
	) {
		this.#log = log;
		this.administrators = administrators;
		this.#accounts = accounts;
		this.#access = access;
		this.#visitors = visitors;
	}

	/** Binds each name of the configuration to the account that has it, once, and tells what became of it (R223). */
	bind(): Promise<
		{ name: string; state: Awaited<ReturnType<AccountStore['bindAdministrator']>> }[]
	> {
		return Promise.all(
			this.administrators.names.map(async (name) => ({
				name,
				state: await this.#accounts.bindAdministrator(name, Date.now()),
			})),
		);
	}

	async isAdministrator(personId: PersonId): Promise<boolean> {
		const profile = await this.#profile(personId);
		if (!this.administrators.has(profile)) return false;
		if (!this.#named.has(personId))
			this.#log.warn({ personId, userName: profile?.userName }, 'this account is an administrator');
		this.#named.add(personId);
		return true;
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
		await this.#access.saving(() => this.#accounts.suspend(personId, suspension, Date.now()));
		this.announce(personId, suspension);
	}

	/** The same, where it is stored already. */
	announce(personId: PersonId, suspension: Suspension | null): void {
		if (suspension) this.#visitors.exclude(personId, suspended(suspension));
		else this.#visitors.forget(personId);
	}

	/** Who somebody is, as their pages need to know. */
	selfOf({ personId, profile, roomId }: Omit<Visitor, 'sessionId'>): Self {
		const hasAccount = profile !== null && profile.accountAt !== null;
		return {
			personId,
			account: hasAccount ? { userName: profile.userName } : null,
			name: profile?.name ?? null,
			colour: profile?.colour ?? null,
			administrator: this.administrators.has(profile),
			roomId,
			suspended: inForce(profile),
		};
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
	const why = reason === '' ? '' : ` The reason: ${reason}`;
	return new CodedError(
		'SUSPENDED',
		`You are suspended from this server ${suspensionEnd(until)}.${why}`,
	);
}
