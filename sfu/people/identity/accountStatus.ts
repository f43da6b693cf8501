import { suspensionEnd, type Self, type Suspension } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Access } from '../../chat/access.ts';
import type { Log } from '../../platform/log.ts';
import type { AccountStore, Profile } from '../../store/api/accountStore.ts';
import type { Administrators } from './administrators.ts';
import type { Visitor, SessionRegistry } from './sessionRegistry.ts';

/** Administrators and suspensions. */
export class AccountStatus {
	readonly administrators: Administrators;
	readonly #accounts: AccountStore;
	readonly #access: Pick<Access, 'reading' | 'saving'>;
	readonly #sessionRegistry: SessionRegistry;
	readonly #log: Log;
	/** Administrators who have been logged. */
	readonly #named = new Set<PersonId>();

	constructor(
		administrators: Administrators,
		accounts: AccountStore,
		access: Pick<Access, 'reading' | 'saving'>,
		sessionRegistry: SessionRegistry,
		log: Log,
	) {
		this.#log = log;
		this.administrators = administrators;
		this.#accounts = accounts;
		this.#access = access;
		this.#sessionRegistry = sessionRegistry;
	}

	/** Binds each configured name to the account that has it, once, and returns the results (ACCOUNT-14). */
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

	/** The suspension of this person; null if there is none. */
	async suspensionOf(personId: PersonId): Promise<Suspension | null> {
		return inForce(await this.#profile(personId));
	}

	/**
	 * Suspends a person, at once and on every device; null ends the suspension.
	 *
	 * @throws {CodedError} NOT_SAVED.
	 */
	async suspend(personId: PersonId, suspension: Suspension | null): Promise<void> {
		await this.#access.saving(() => this.#accounts.suspend(personId, suspension, Date.now()));
		this.announce(personId, suspension);
	}

	/** Announces a suspension that is stored already. */
	announce(personId: PersonId, suspension: Suspension | null): void {
		if (suspension) this.#sessionRegistry.exclude(personId, suspended(suspension));
		else this.#sessionRegistry.forget(personId);
	}

	/** The person as their own pages need to know them. */
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

/** The suspension if it is not over. */
export function inForce(profile: Profile | null, now = Date.now()): Suspension | null {
	const suspension = profile?.suspended ?? null;
	return suspension && suspension.until > now ? suspension : null;
}

/** The error that a suspended person is answered. */
export function suspended({ until, reason }: Suspension): CodedError {
	const why = reason === '' ? '' : ` The reason: ${reason}`;
	return new CodedError(
		'SUSPENDED',
		`You're suspended from this server ${suspensionEnd(until)}.${why}`,
	);
}
