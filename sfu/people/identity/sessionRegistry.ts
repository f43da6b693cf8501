import { EventEmitter } from 'node:events';
import { LRUCache } from 'lru-cache';
import type { IncomingHttpHeaders } from 'node:http';
import type { CodedError } from '#shared/errors.ts';
import type { PersonId, RoomId, SessionId } from '#shared/ids.ts';
import { visitAt } from '#shared/visit.ts';
import type { Access } from '../../chat/access.ts';
import type { Profile, SessionStore } from '../../store/api/accountStore.ts';
import type { Administrators } from './administrators.ts';
import type { Identity, SessionCookies } from './sessionCookies.ts';

/** A person with a valid session. */
export type Visitor = Identity & {
	/** Null as long as nothing about them is stored. */
	profile: Profile | null;
	/** The only room that the session is valid for; null for all. */
	roomId: RoomId | null;
};

export type SessionEvents = {
	/** These sessions are over: their connections are told why and closed. */
	ended: [SessionId[], CodedError];
	/** This person is suspended, in all sessions. */
	excluded: [PersonId, CodedError];
	/** A session continues as another session of the same person. */
	moved: [SessionId, SessionId];
	/** This person's rights or profile changed. */
	changed: [PersonId];
};

type CachedVisitor = { visitor: Visitor | null; at: number };

/** How long a lookup is cached, in ms: the longest delay until an end in another process is noticed. */
const cacheTime = 60_000;
/** How many sessions are cached. */
const maxSessions = 50_000;

export const isGuest = ({ profile, roomId }: Pick<Visitor, 'profile' | 'roomId'>): boolean =>
	(profile?.accountAt ?? null) === null && roomId === null;

/**
 * The person of a session cookie, as long as the session was not ended and the person was not deleted. Read once a
 * minute, and at once after a change by this process.
 */
export class SessionRegistry extends EventEmitter<SessionEvents> {
	readonly #sessions: SessionCookies;
	readonly #store: SessionStore;
	readonly #reading: Access['reading'];
	readonly #administrators: Pick<Administrators, 'has'>;
	readonly #administratorIdle: number;
	readonly #cache = new LRUCache<SessionId, CachedVisitor>({ max: maxSessions });
	/** Grows with each change: an answer to an earlier query may be outdated. */
	#changes = 0;

	/**
	 * @param administrators whose sessions end when they were unused for some time.
	 * @param administratorIdle that time, in ms.
	 */
	constructor(
		sessions: SessionCookies,
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
	 * Null if there is no session, or it is over.
	 *
	 * @throws {CodedError} UNAVAILABLE if the session cannot be read.
	 */
	async of(cookieHeader: string | undefined, now = Date.now()): Promise<Visitor | null> {
		const identified = this.#sessions.identify(cookieHeader, now);
		if (!identified) return null;
		const { givenAt, ...identity } = identified;
		const visitor = await this.#find(identity, now);
		const isIdle = givenAt + this.#administratorIdle < now;
		return isIdle && visitor && this.#administrators.has(visitor.profile) ? null : visitor;
	}

	/** The visitor of the page that sent this request: in a page of a visit that of the visit (ACCOUNT-25). */
	asking({ cookie, referer }: IncomingHttpHeaders): Promise<Visitor | null> {
		return this.at(visitAt(referer), cookie);
	}

	/**
	 * The visitor in a page. Without the visit that the page is said to be of, they are who they are elsewhere.
	 *
	 * @param visit the room that the page visits by another site's token; null for all other pages.
	 * @throws {CodedError} UNAVAILABLE if the session cannot be read.
	 */
	async at(
		visit: RoomId | null,
		cookieHeader: string | undefined,
		now = Date.now(),
	): Promise<Visitor | null> {
		const identified = visit && this.#sessions.visitOf(cookieHeader, visit, now);
		const { personId, sessionId } = identified ?? {};
		const visitor = personId && sessionId && (await this.#find({ personId, sessionId }, now));
		// The session itself says which room it is for: the name of a cookie proves nothing.
		return visitor && visitor.roomId === visit ? visitor : this.of(cookieHeader, now);
	}

	async #find(identity: Identity, now: number): Promise<Visitor | null> {
		const cached = this.#cache.get(identity.sessionId);
		if (cached && cached.at + cacheTime > now) return cached.visitor;
		const changes = this.#changes;
		const { personId, sessionId } = identity;
		try {
			const found = await this.#reading(() => this.#store.find(personId, sessionId));
			const visitor = visitorIn(identity, found, now);
			if (changes === this.#changes) this.#cache.set(sessionId, { visitor, at: now });
			return visitor;
		} catch (error) {
			// An outdated entry is better than none: calls go on while the database is away.
			if (cached) return cached.visitor;
			throw error;
		}
	}

	/** Adds the session of a new guest, of which nothing is stored yet. */
	addGuest(identity: Identity, now = Date.now()): void {
		this.#cache.set(identity.sessionId, {
			visitor: { ...identity, profile: null, roomId: null },
			at: now,
		});
	}

	/** Forgets the cached sessions of this person. */
	forget(personId: PersonId): void {
		this.drop(personId);
		this.emit('changed', personId);
	}

	/** These sessions of a person are over, which is stored already. */
	end(personId: PersonId, sessionIds: SessionId[], why: CodedError): void {
		this.drop(personId);
		// First, because a later step may fail.
		if (sessionIds.length > 0) this.emit('ended', sessionIds, why);
		this.emit('changed', personId);
	}

	/** This person is suspended from now on, which is stored already. */
	exclude(personId: PersonId, why: CodedError): void {
		this.drop(personId);
		this.emit('excluded', personId, why);
		this.emit('changed', personId);
	}

	/** All cached sessions may be outdated. */
	dropAll(): void {
		this.#changes++;
		this.#cache.clear();
	}

	/** The cached sessions of this person may be outdated. */
	drop(personId: PersonId): void {
		this.#changes++;
		for (const [sessionId, { visitor }] of this.#cache)
			if (visitor?.personId === personId) this.#cache.delete(sessionId);
	}
}

/** A guest's session is valid before it is stored, an account's session only while it is stored. */
function visitorIn(
	identity: Identity,
	{ profile, session }: Awaited<ReturnType<SessionStore['find']>>,
	now: number,
): Visitor | null {
	if (profile?.deleted) return null;
	if (!session && profile && profile.accountAt !== null) return null;
	if (session && session.endsAt !== null && session.endsAt <= now) return null;
	return { ...identity, profile, roomId: session?.roomId ?? null };
}
