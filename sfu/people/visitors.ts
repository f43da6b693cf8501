import { EventEmitter } from 'node:events';
import type { CodedError } from '#shared/errors.ts';
import type { PersonId, RoomId, SessionId } from '#shared/ids.ts';
import type { Access } from '../chat/access.ts';
import type { Profile, SessionStore } from '../store/accountStore.ts';
import type { Administrators } from './administrators.ts';
import type { Identity, Sessions } from './session.ts';

/** Somebody whose session goes on. */
export type Visitor = Identity & {
	/** Null as long as nothing of them is kept. */
	profile: Profile | null;
	/** The only room that the session is for. */
	roomId: RoomId | null;
};

export type VisitorEvents = {
	/** These sessions are over: whoever holds a connection of one of them is told why, and loses it. */
	ended: [SessionId[], CodedError];
	/** This person is kept out, whatever session it is. */
	excluded: [PersonId, CodedError];
	/** A session goes on as another one of the same person. */
	moved: [SessionId, SessionId];
	/** What holds for this person is different now. */
	changed: [PersonId];
};

type Known = { visitor: Visitor | null; at: number };

/** How long what was looked up counts, in ms: as long as another process may take to notice an end. */
const freshness = 60_000;
/** Sessions at hand. */
const most = 50_000;

export const isGuest = ({ profile, roomId }: Pick<Visitor, 'profile' | 'roomId'>): boolean =>
	(profile?.accountAt ?? null) === null && roomId === null;

/**
 * Says who a session cookie stands for, as long as the session goes on: it was not ended, and the person was not
 * deleted. Looked up once a minute, and at once after a change that was made here.
 */
export class Visitors extends EventEmitter<VisitorEvents> {
	readonly #sessions: Sessions;
	readonly #store: SessionStore;
	readonly #reading: Access['reading'];
	readonly #administrators: Pick<Administrators, 'has'>;
	readonly #administratorIdle: number;
	readonly #known = new Map<SessionId, Known>();
	/** Grows with each change: what was asked before it may be wrong after it. */
	#changes = 0;

	/**
	 * @param administrators whose sessions end when they were not used for some time.
	 * @param administratorIdle how long, in ms.
	 */
	constructor(
		sessions: Sessions,
		store: SessionStore,
		access: Pick<Access, 'reading'>,
		administrators: Pick<Administrators, 'has'>,
		administratorIdle: number,
	) {
		super();
		this.#administrators = administrators;
		this.#administratorIdle = administratorIdle;
		this.#sessions = sessions;
		this.#store = store;
		this.#reading = (read) => access.reading(read);
	}

	/**
	 * Null where there is no session, or none any more.
	 *
	 * @throws {CodedError} UNAVAILABLE where that cannot be found out.
	 */
	async of(cookieHeader: string | undefined, now = Date.now()): Promise<Visitor | null> {
		const given = this.#sessions.identify(cookieHeader, now);
		if (!given) return null;
		const { givenAt, ...identity } = given;
		const visitor = await this.#look(identity, now);
		const isIdle = givenAt + this.#administratorIdle < now;
		return isIdle && visitor && this.#administrators.has(visitor.profile) ? null : visitor;
	}

	async #look(identity: Identity, now: number): Promise<Visitor | null> {
		const known = this.#known.get(identity.sessionId);
		if (known && known.at + freshness > now) return known.visitor;
		const changes = this.#changes;
		const { personId, sessionId } = identity;
		try {
			const found = await this.#reading(() => this.#store.find(personId, sessionId));
			const visitor = judged(identity, found, now);
			if (changes === this.#changes) this.#keep(sessionId, { visitor, at: now });
			return visitor;
		} catch (error) {
			// Old knowledge is better than none: calls go on with the database away.
			if (known) return known.visitor;
			throw error;
		}
	}

	/** A session that was given to somebody new just now: nothing of it is kept yet. */
	welcome(identity: Identity, now = Date.now()): void {
		this.#keep(identity.sessionId, {
			visitor: { ...identity, profile: null, roomId: null },
			at: now,
		});
	}

	/** What is known of this person is not so any more. */
	forget(personId: PersonId): void {
		this.#drop(personId);
		this.emit('changed', personId);
	}

	/** These sessions of a person are over, and stored as such. */
	end(personId: PersonId, sessionIds: SessionId[], why: CodedError): void {
		this.#drop(personId);
		// Before whatever else there is to tell may fail.
		if (sessionIds.length > 0) this.emit('ended', sessionIds, why);
		this.emit('changed', personId);
	}

	/** This person is kept out from now on, and stored as such. */
	exclude(personId: PersonId, why: CodedError): void {
		this.#drop(personId);
		this.emit('excluded', personId, why);
		this.emit('changed', personId);
	}

	#drop(personId: PersonId): void {
		this.#changes++;
		for (const [sessionId, { visitor }] of this.#known)
			if (visitor?.personId === personId) this.#known.delete(sessionId);
	}

	#keep(sessionId: SessionId, known: Known): void {
		this.#known.delete(sessionId);
		this.#known.set(sessionId, known);
		const [oldest] = this.#known.keys();
		if (this.#known.size > most && oldest !== undefined) this.#known.delete(oldest);
	}
}

/** Guests have a session before it is kept; those with an account have it only as long as it is. */
function judged(
	identity: Identity,
	{ profile, session }: Awaited<ReturnType<SessionStore['find']>>,
	now: number,
): Visitor | null {
	if (profile?.deleted) return null;
	if (!session && profile && profile.accountAt !== null) return null;
	if (session && session.endsAt !== null && session.endsAt <= now) return null;
	return { ...identity, profile, roomId: session?.roomId ?? null };
}
