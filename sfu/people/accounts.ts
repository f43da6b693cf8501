import type { SessionInfo } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import { newSessionId, type PersonId, type RoomId, type SessionId } from '#shared/ids.ts';
import { nameSkeleton } from '#shared/userName.ts';
import type { Access } from '../chat/access.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { longestDevice } from './arrivals.ts';
import { addressBlock } from './address.ts';
import { checkPassword } from './commonPasswords.ts';
import type { Departures } from './departures.ts';
import type { Identity } from './session.ts';
import { SignInBudgets } from './signInBudgets.ts';
import type { SlowHash } from './slowHash.ts';
import { inForce, suspended, type Standings } from './standings.ts';
import { isGuest, type Visitor, type Visitors } from './visitors.ts';

/** Where somebody signs in from. */
export type Browser = {
	/** The address of the network. */
	address: string;
	/** What the browser says it is. */
	device: string;
	/** The account that was signed in to with this browser before, and the id it has for that. */
	known: { personId: PersonId; id: string } | null;
};

type Parts = {
	store: Pick<Store, 'accounts' | 'sessions' | 'people'>;
	access: Pick<Access, 'reading' | 'saving'>;
	visitors: Visitors;
	standings: Standings;
	departures: Departures;
	hashes: SlowHash;
	log: Log;
};

/** A sign-in that worked, and what to do once the browser has its cookie. */
export type SignedIn = { identity: Identity; settled(): void };

/** Accounts: how a guest gets one, how people sign in and out, and what they decide about themselves. */
export class Accounts {
	readonly #parts: Parts;
	readonly #budgets = new SignInBudgets();

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/**
	 * The guest stays who they are (R70).
	 *
	 * @throws {CodedError} WEAK_PASSWORD, NAME_TAKEN, CONFLICT, TOO_MANY_REQUESTS.
	 */
	async signUp(
		visitor: Visitor,
		account: { userName: string; password: string; name: string | null },
		browser: Browser,
	): Promise<SignedIn> {
		const { store, access, hashes, standings, log } = this.#parts;
		const { userName, password, name } = account;
		// From another tab, maybe under this very name.
		if (!isGuest(visitor)) throw new CodedError('CONFLICT', 'You have an account already.');
		await checkPassword(password, userName);
		// Before anything is said about the name, or names could be tried without end.
		await this.#budgets.spendSignUp(browser.address);
		const skeleton = nameSkeleton(userName);
		const administrator = standings.administrators.isNamed(userName);
		const imitates = standings.administrators.isReserved(skeleton) && !administrator;
		// Looked at first, for a hash is slow to make.
		if (imitates || (await access.reading(() => store.accounts.credentials(userName))))
			throw new CodedError('NAME_TAKEN');
		const passwordHash = await hashes.make(password, addressBlock(browser.address));
		const made = { userName, skeleton, passwordHash, administrator };
		await access.saving(() => store.accounts.signUp(visitor.personId, made, name, Date.now()));
		const { personId } = visitor;
		log.info({ personId }, 'a guest has an account');
		if (administrator)
			log.warn(
				{ personId, name: userName },
				'this account is an administrator: it took a name of accounts.administrators',
			);
		return this.begin(visitor.personId, visitor, browser.device);
	}

	/**
	 * The same answer, after the same work, for a name nobody has and for a wrong password (R71).
	 *
	 * @param bring whether what the guest has and said goes over to the account.
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
		const fits = await hashes.fits(password, found?.passwordHash ?? null, addressBlock(address));
		if (!found || !fits) throw new CodedError('WRONG_CREDENTIALS');
		await giveBack();
		return this.enter(found.personId, visitor, device, bring);
	}

	/**
	 * Somebody has proved who they are.
	 *
	 * @throws {CodedError} SUSPENDED.
	 */
	async enter(
		personId: PersonId,
		visitor: Visitor | null,
		device: string,
		bring = false,
	): Promise<SignedIn> {
		const { store, access, departures } = this.#parts;
		const profile = await access.reading(() => store.accounts.profile(personId));
		const suspension = inForce(profile);
		if (suspension) throw suspended(suspension);
		const isOther = visitor !== null && visitor.personId !== personId;
		if (bring && isOther && isGuest(visitor)) {
			// Nobody is rid of a suspension by becoming somebody else.
			const ofGuest = inForce(visitor.profile);
			if (ofGuest) throw suspended(ofGuest);
			await departures.merge(visitor, personId);
		}
		return this.begin(personId, visitor, device);
	}

	/** A new session, which takes the place of the one there was (R72). */
	async begin(
		personId: PersonId,
		before: Visitor | null,
		device: string,
		limit: { roomId: RoomId; endsAt: number } | null = null,
	): Promise<SignedIn> {
		const { store, access, visitors } = this.#parts;
		const sessionId = newSessionId();
		const kept = {
			...{ sessionId, device: device.slice(0, longestDevice) },
			...{ roomId: limit?.roomId ?? null, endsAt: limit?.endsAt ?? null },
		};
		await access.saving(() => store.sessions.begin(personId, kept, Date.now()));
		visitors.forget(personId);
		// One that is for a room stands beside the person's own, which they come back to.
		if (before && !limit) await this.#replace(before, personId);
		return {
			identity: { personId, sessionId },
			settled: () => {
				if (before?.personId === personId && !limit)
					visitors.emit('moved', before.sessionId, sessionId);
			},
		};
	}

	/** Everywhere means access tokens as well (R220). */
	async signOut(visitor: Visitor, everywhere: boolean): Promise<void> {
		const { personId, sessionId } = visitor;
		await this.#makeKnown(visitor);
		const which = everywhere ? { except: null } : { only: sessionId };
		await this.#end(personId, which, new CodedError('SIGNED_OUT'));
	}

	/**
	 * Ends all other sessions and all access tokens (R73, R220).
	 *
	 * @param old null where there was none.
	 * @throws {CodedError} WRONG_CREDENTIALS, WEAK_PASSWORD, TOO_MANY_REQUESTS.
	 */
	async changePassword(
		visitor: Visitor,
		{ old, new: password }: { old: string | null; new: string },
		address: string,
	): Promise<void> {
		const { store, access, hashes, visitors } = this.#parts;
		const { personId, sessionId, profile } = visitor;
		await this.checkPassword(visitor, old, address);
		if (!profile?.userName)
			throw new CodedError('CONFLICT', 'You have no user name to sign in with.');
		await checkPassword(password, profile.userName);
		const hash = await hashes.make(password, addressBlock(address));
		const ended = await access.saving(() =>
			store.accounts.setPassword(personId, hash, sessionId, Date.now()),
		);
		const why = 'Your password was changed, so you were signed out here. Sign in again.';
		visitors.end(personId, ended, new CodedError('SIGNED_OUT', why));
	}

	/**
	 * Asks somebody who is signed in for their password again.
	 *
	 * @param password null where there is none.
	 * @throws {CodedError} WRONG_CREDENTIALS, TOO_MANY_REQUESTS.
	 */
	async checkPassword(visitor: Visitor, password: string | null, address: string): Promise<void> {
		const { store, access, hashes } = this.#parts;
		const { personId } = visitor;
		const hash = await access.reading(() => store.accounts.passwordHash(personId));
		if (hash === null && password === null) return;
		const device = { address, device: `again ${personId}` };
		const giveBack = await this.#budgets.spend(personId, device);
		if (!(await hashes.fits(password ?? '', hash, addressBlock(address))))
			throw new CodedError('WRONG_CREDENTIALS', 'That is not your password.');
		await giveBack();
	}

	async sessions({ personId, sessionId }: Visitor): Promise<SessionInfo[]> {
		const { store, access } = this.#parts;
		const listed = await access.reading(() => store.sessions.list(personId, Date.now()));
		return listed.map(({ roomId: _, endsAt: __, ...session }) => ({
			...session,
			current: session.sessionId === sessionId,
		}));
	}

	/** @throws {CodedError} NOT_FOUND where there is none that could be ended. */
	async endSession({ personId }: Visitor, sessionId: SessionId): Promise<void> {
		const why = new CodedError('SIGNED_OUT');
		if ((await this.#end(personId, { only: sessionId }, why)).length === 0)
			throw new CodedError('NOT_FOUND', 'This session is over already.');
	}

	async setProfile(
		{ personId }: Visitor,
		change: { name?: string | undefined; colour?: number | null | undefined },
	): Promise<void> {
		const { store, access, visitors } = this.#parts;
		const { name, colour } = change;
		const named = { ...(name !== undefined && { name }), ...(colour !== undefined && { colour }) };
		await access.saving(() => store.accounts.setProfile(personId, named, Date.now()));
		visitors.forget(personId);
	}

	async #replace(before: Visitor, personId: PersonId): Promise<void> {
		const { store, access, visitors } = this.#parts;
		if (before.personId !== personId) await this.#makeKnown(before);
		const ended = await access.saving(() =>
			store.sessions.end(before.personId, { only: before.sessionId }, Date.now()),
		);
		// What was looked up while that was stored is not so any more. Their own pages go on by `moved`.
		if (before.personId === personId) return visitors.forget(personId);
		const why = 'You signed in as somebody else in this browser. Reload the page to go on.';
		// A guest's may not be kept yet, and is over all the same.
		const sessions = ended.length > 0 ? ended : [before.sessionId];
		visitors.end(before.personId, sessions, new CodedError('SIGNED_OUT', why));
	}

	/** A guest's session is kept from their first connection on; one that is to end has to be kept before. */
	async #makeKnown({ personId, sessionId, profile }: Visitor): Promise<void> {
		const { store, access } = this.#parts;
		// A guest who became an account by now has sessions that are kept.
		if ((profile?.accountAt ?? null) !== null) return;
		await access.saving(() => store.people.seen(personId, sessionId, Date.now()));
	}

	async #end(
		personId: PersonId,
		which: { only: SessionId } | { except: SessionId | null },
		why: CodedError,
	): Promise<SessionId[]> {
		const { store, access, visitors } = this.#parts;
		const ended = await access.saving(() => store.sessions.end(personId, which, Date.now()));
		visitors.end(personId, ended, why);
		return ended;
	}
}
