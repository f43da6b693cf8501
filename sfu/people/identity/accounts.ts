import type { SessionInfo } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import { newSessionId, type PersonId, type RoomId, type SessionId } from '#shared/ids.ts';
import { nameSkeleton } from '#shared/userName.ts';
import type { Access } from '../../chat/access.ts';
import type { MakeBudget } from '../../platform/budget.ts';
import type { Log } from '../../platform/log.ts';
import type { Store } from '../../store/api/store.ts';
import { longestDevice } from './lastSeen.ts';
import { addressBlock } from '../../platform/address.ts';
import { checkPassword } from './commonPasswords.ts';
import type { AccountRemoval } from './accountRemoval.ts';
import type { Identity } from './sessionCookies.ts';
import { SignInBudgets } from './signInBudgets.ts';
import type { SlowHash } from '../../platform/slowHash.ts';
import type { SignUps } from './signUps.ts';
import { inForce, suspended, type AccountStatus } from './accountStatus.ts';
import { isGuest, type Visitor, type SessionRegistry } from './sessionRegistry.ts';

/** The browser of a sign-in. */
export type Browser = {
	/** Its address. */
	address: string;
	/** Its description of itself. */
	device: string;
	/** The account that was signed in to with this browser before, and the browser's id for it. */
	known: { personId: PersonId; id: string } | null;
};

type Parts = {
	store: Pick<Store, 'accounts' | 'sessions' | 'people'>;
	access: Pick<Access, 'reading' | 'saving'>;
	sessionRegistry: SessionRegistry;
	accountStatus: AccountStatus;
	accountRemoval: AccountRemoval;
	hashes: SlowHash;
	signUps: SignUps;
	budget: MakeBudget;
	log: Log;
};

/** A successful sign-in; call `settled` once the browser has its cookie. */
export type SignedIn = { identity: Identity; settled(): void };

/** Signing up, signing in and out, and people's decisions about their own account. */
export class Accounts {
	readonly #parts: Parts;
	readonly #budgets: SignInBudgets;

	constructor(parts: Parts) {
		this.#parts = parts;
		this.#budgets = new SignInBudgets(parts.budget);
	}

	/**
	 * Gives a guest an account; they stay the same person (ACCOUNT-1).
	 *
	 * @throws {CodedError} WEAK_PASSWORD, NAME_TAKEN, CONFLICT, TOO_MANY_REQUESTS.
	 */
	async signUp(
		visitor: Visitor,
		account: { userName: string; password: string; name: string | null },
		browser: Browser,
	): Promise<SignedIn> {
		const { store, access, hashes, accountStatus, signUps, log } = this.#parts;
		const { userName, password, name } = account;
		// Another tab may have signed up, maybe under this very name.
		if (!isGuest(visitor)) throw new CodedError('CONFLICT', 'You already have an account.');
		await checkPassword(password, userName);
		// Before any answer about the name: otherwise names could be tried without bound.
		await this.#budgets.spendSignUp(browser.address);
		const skeleton = nameSkeleton(userName);
		const administrator = accountStatus.administrators.isNamed(userName);
		const imitates = accountStatus.administrators.isReserved(skeleton) && !administrator;
		// Checked first, because a hash is slow to make.
		if (imitates || (await access.reading(() => store.accounts.credentials(userName))))
			throw new CodedError('NAME_TAKEN');
		const passwordHash = await hashes.make(password, addressBlock(browser.address));
		const made = { userName, skeleton, passwordHash, administrator };
		await access.saving(() => store.accounts.signUp(visitor.personId, made, name, Date.now()));
		const { personId } = visitor;
		log.info({ personId }, 'a guest signed up');
		if (administrator)
			log.warn(
				{ personId, name: userName },
				'this account is an administrator: it took a name of accounts.administrators',
			);
		signUps.made(personId);
		return this.begin(visitor.personId, visitor, browser.device);
	}

	/**
	 * A browser that did not hear that it signed up may do it again: with the same name and password it gets the account
	 * (ACCOUNT-24).
	 *
	 * @param guest of its cookie, whose session may be over.
	 * @returns null if this is no such repetition.
	 * @throws {CodedError} TOO_MANY_REQUESTS, SUSPENDED.
	 */
	async signUpAgain(
		guest: PersonId | null,
		visitor: Visitor | null,
		{ userName, password }: { userName: string; password: string },
		browser: Browser,
	): Promise<SignedIn | null> {
		const { store, access, signUps } = this.#parts;
		const made = guest && signUps.accountOf(guest);
		if (!made || (visitor && !isGuest(visitor))) return null;
		const named = await access.reading(() => store.accounts.credentials(userName));
		if (named?.personId !== made) return null;
		try {
			return await this.signIn(visitor, { userName, password, bring: true }, browser);
		} catch (error) {
			// The name is taken then, which is what signing up says.
			if (error instanceof CodedError && error.code === 'WRONG_CREDENTIALS') return null;
			throw error;
		}
	}

	/**
	 * An unknown name and a wrong password get the same answer after the same work (ACCOUNT-2).
	 *
	 * @param bring whether the guest's data moves to the account.
	 * @throws {CodedError} WRONG_CREDENTIALS, TOO_MANY_REQUESTS, SUSPENDED.
	 */
	async signIn(
		visitor: Visitor | null,
		{ userName, password, bring }: { userName: string; password: string; bring: boolean },
		{ address, device, known }: Browser,
	): Promise<SignedIn> {
		const { store, access, hashes } = this.#parts;
		const skeleton = nameSkeleton(userName);
		const found = await access.reading(() => store.accounts.credentials(userName));
		const isKnown = found !== null && known?.personId === found.personId;
		const origin = { address, device: isKnown ? known.id : null };
		const giveBack = await this.#budgets.spend(skeleton, origin);
		const fits = await hashes.matches(password, found?.passwordHash ?? null, addressBlock(address));
		if (!found || !fits) throw new CodedError('WRONG_CREDENTIALS');
		await giveBack();
		return this.enter(found.personId, visitor, device, bring);
	}

	/**
	 * Signs in a person who proved their identity.
	 *
	 * @throws {CodedError} SUSPENDED.
	 */
	async enter(
		personId: PersonId,
		visitor: Visitor | null,
		device: string,
		bring = false,
	): Promise<SignedIn> {
		const { store, access, accountRemoval } = this.#parts;
		const profile = await access.reading(() => store.accounts.profile(personId));
		const suspension = inForce(profile);
		if (suspension) throw suspended(suspension);
		const isOther = visitor !== null && visitor.personId !== personId;
		if (bring && isOther && isGuest(visitor)) {
			// Merging into another account must not end a suspension.
			const ofGuest = inForce(visitor.profile);
			if (ofGuest) throw suspended(ofGuest);
			await accountRemoval.merge(visitor, personId);
		}
		return this.begin(personId, visitor, device);
	}

	/** Begins a session that replaces the earlier one (ACCOUNT-3). */
	async begin(
		personId: PersonId,
		before: Visitor | null,
		device: string,
		limit: { roomId: RoomId; endsAt: number } | null = null,
	): Promise<SignedIn> {
		const { store, access, sessionRegistry } = this.#parts;
		const sessionId = newSessionId();
		const kept = {
			sessionId,
			device: device.slice(0, longestDevice),
			roomId: limit?.roomId ?? null,
			endsAt: limit?.endsAt ?? null,
		};
		await access.saving(() => store.sessions.begin(personId, kept, Date.now()));
		sessionRegistry.forget(personId);
		// A session for one room exists beside the person's own session, to which they return.
		if (before && !limit) await this.#replace(before, personId);
		return {
			identity: { personId, sessionId },
			settled: () => {
				if (before?.personId === personId && !limit)
					sessionRegistry.emit('moved', before.sessionId, sessionId);
			},
		};
	}

	/** `everywhere` ends access tokens as well (ACCOUNT-11). */
	async signOut(visitor: Visitor, everywhere: boolean): Promise<void> {
		const { personId, sessionId } = visitor;
		await this.#makeKnown(visitor);
		const which = everywhere ? { except: null } : { only: sessionId };
		await this.#end(personId, which, new CodedError('SIGNED_OUT'));
	}

	/**
	 * Ends all other sessions and all access tokens (ACCOUNT-4, ACCOUNT-11).
	 *
	 * @param old null if there was no password.
	 * @throws {CodedError} WRONG_CREDENTIALS, WEAK_PASSWORD, TOO_MANY_REQUESTS.
	 */
	async changePassword(
		visitor: Visitor,
		{ old, new: password }: { old: string | null; new: string },
		address: string,
	): Promise<void> {
		const { store, access, hashes, sessionRegistry } = this.#parts;
		const { personId, sessionId, profile } = visitor;
		await this.checkPassword(visitor, old, address);
		if (!profile?.userName) throw new CodedError('CONFLICT', "You don't have a username.");
		await checkPassword(password, profile.userName);
		const hash = await hashes.make(password, addressBlock(address));
		const ended = await access.saving(() =>
			store.accounts.setPassword(personId, hash, sessionId, Date.now()),
		);
		const why = 'Your password was changed, so you were signed out here. Sign in again.';
		sessionRegistry.end(personId, ended, new CodedError('SIGNED_OUT', why));
	}

	/**
	 * Checks the password of a signed-in person again.
	 *
	 * @param password null if there is none.
	 * @throws {CodedError} WRONG_CREDENTIALS, TOO_MANY_REQUESTS.
	 */
	async checkPassword(visitor: Visitor, password: string | null, address: string): Promise<void> {
		const { store, access, hashes } = this.#parts;
		const { personId } = visitor;
		const hash = await access.reading(() => store.accounts.passwordHash(personId));
		if (hash === null && password === null) return;
		const device = { address, device: `again ${personId}` };
		const giveBack = await this.#budgets.spend(personId, device);
		if (!(await hashes.matches(password ?? '', hash, addressBlock(address))))
			throw new CodedError('WRONG_CREDENTIALS', 'Wrong password.');
		await giveBack();
	}

	async sessions({ personId, sessionId }: Visitor): Promise<Omit<SessionInfo, 'active'>[]> {
		const { store, access } = this.#parts;
		const listed = await access.reading(() => store.sessions.list(personId, Date.now()));
		return listed.map(({ roomId: _, endsAt: __, ...session }) => ({
			...session,
			current: session.sessionId === sessionId,
		}));
	}

	/** @throws {CodedError} NOT_FOUND if there is no session to end. */
	async endSession({ personId }: Visitor, sessionId: SessionId): Promise<void> {
		const why = new CodedError('SIGNED_OUT');
		if ((await this.#end(personId, { only: sessionId }, why)).length === 0)
			throw new CodedError('NOT_FOUND', 'This session has already ended.');
	}

	async setProfile(
		{ personId }: Visitor,
		change: { name?: string | undefined; colour?: number | null | undefined },
	): Promise<void> {
		const { store, access, sessionRegistry } = this.#parts;
		const { name, colour } = change;
		const named = { ...(name !== undefined && { name }), ...(colour !== undefined && { colour }) };
		await access.saving(() => store.accounts.setProfile(personId, named, Date.now()));
		sessionRegistry.forget(personId);
	}

	async #replace(before: Visitor, personId: PersonId): Promise<void> {
		const { store, access, sessionRegistry } = this.#parts;
		if (before.personId !== personId) await this.#makeKnown(before);
		const ended = await access.saving(() =>
			store.sessions.end(before.personId, { only: before.sessionId }, Date.now()),
		);
		// The cache is outdated. The person's own pages move to the new session by `moved`.
		if (before.personId === personId) return sessionRegistry.forget(personId);
		const why = "You're signed in as someone else in this browser. Reload the page to continue.";
		// A guest's session may not be stored yet, and is over all the same.
		const sessions = ended.length > 0 ? ended : [before.sessionId];
		sessionRegistry.end(before.personId, sessions, new CodedError('SIGNED_OUT', why));
	}

	/** A guest's session is stored at their first connection. A session that ends must be stored before that. */
	async #makeKnown({ personId, sessionId, profile }: Visitor): Promise<void> {
		const { store, access } = this.#parts;
		// A guest who became an account meanwhile has stored sessions.
		if ((profile?.accountAt ?? null) !== null) return;
		await access.saving(() => store.people.seen(personId, sessionId, Date.now()));
	}

	async #end(
		personId: PersonId,
		which: { only: SessionId } | { except: SessionId | null },
		why: CodedError,
	): Promise<SessionId[]> {
		const { store, access, sessionRegistry } = this.#parts;
		const ended = await access.saving(() => store.sessions.end(personId, which, Date.now()));
		sessionRegistry.end(personId, ended, why);
		return ended;
	}
}
