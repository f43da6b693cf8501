import { parseCookie, stringifySetCookie } from 'cookie';
import { sign, unsign } from 'cookie-signature';
import * as v from 'valibot';
import {
	newPersonId,
	newSessionId,
	personId as anyPersonId,
	sessionId as anySessionId,
	type PersonId,
	type RoomId,
	type SessionId,
} from '#shared/ids.ts';

const cookieNames = {
	session: 'parley_session',
	/** The session of a visit to one room by another application's token. The room's id ends its name (ACCOUNT-25). */
	visit: 'parley_visit_',
	/** The person's own session during a visit, in a browser that does not say which page a request comes from. */
	own: 'parley_own',
	/** Proves that an account was signed in to with this browser before. It is no session. */
	device: 'parley_device',
} as const;
/**
 * The end of the names of all cookies of a service below this path. Two services of one host have cookies of their own by it. A
 * path in the cookie could not do that over HTTPS: `__Host-` asks for the root.
 */
export const cookieEnd = (basePath: string): string => basePath.replaceAll('/', '.');

const day = 24 * 60 * 60;
/** How many visits a browser remembers: each request carries the cookies of all. */
const maxVisits = 8;
/** The longest time that browsers keep a cookie, in seconds. */
const maxCookieAge = 400 * day;
/** Browsers accept this prefix only over HTTPS and from this very host, not from a sibling domain. */
const hostPrefix = '__Host-';

const content = v.tuple([
	anyPersonId,
	anySessionId,
	v.pipe(v.string(), v.regex(/^\d{1,12}$/), v.transform(Number)),
]);

/** A person and one of their sessions. */
export type Identity = { personId: PersonId; sessionId: SessionId };

/** How a browser reaches the service. */
export type BrowserContext = {
	/** Whether the page was served over HTTPS. */
	secure: boolean;
	/** Whether the page is shown within a page of another site. */
	framed?: boolean;
};

/**
 * Session cookies: ids of the person and of the session and the time of issue, signed by the service (HMAC-SHA256).
 * `SessionRegistry` says whether a session is still valid.
 */
export class SessionCookies {
	readonly #secret: string;
	readonly #lifetime: number;
	readonly #basePath: string;

	/**
	 * @param secret at least 256 random bits; with it an attacker can act as any person.
	 * @param idleDays how long an unused session lasts.
	 * @param basePath below which the service is; empty for the root of its host.
	 */
	constructor(secret: string, idleDays = 400, basePath = '') {
		this.#secret = secret;
		this.#basePath = basePath;
		this.#lifetime = idleDays * day;
	}

	/**
	 * The identity in the `Cookie` header and its time of issue. Null if there is no cookie, the signature is not ours,
	 * or it is too old.
	 *
	 * @param now in ms since 1970.
	 */
	identify(
		cookieHeader: string | undefined,
		now = Date.now(),
	): (Identity & { givenAt: number }) | null {
		return this.#read('session', cookieHeader, now);
	}

	/** The visit of this room. */
	visitOf(
		cookieHeader: string | undefined,
		roomId: RoomId,
		now = Date.now(),
	): (Identity & { givenAt: number }) | null {
		return this.#read('visit', cookieHeader, now, roomId);
	}

	/** The session that was put aside for a visit. */
	ownOf(cookieHeader: string | undefined, now = Date.now()): Identity | null {
		const read = this.#read('own', cookieHeader, now);
		return read && { personId: read.personId, sessionId: read.sessionId };
	}

	/** The account that was signed in to with this browser before, and the browser's id for it. */
	deviceOf(
		cookieHeader: string | undefined,
		now = Date.now(),
	): { personId: PersonId; id: string } | null {
		const read = this.#read('device', cookieHeader, now);
		return read && { personId: read.personId, id: read.sessionId };
	}

	/** A new person. */
	newcomer(): Identity {
		return { personId: newPersonId(), sessionId: newSessionId() };
	}

	/**
	 * A `Set-Cookie` header that begins or renews a session. Within a page of another site browsers keep only cookies
	 * that came over HTTPS and belong to that site's pages.
	 */
	issue(
		context: BrowserContext,
		identity: Identity,
		now = Date.now(),
		maxAge = this.#lifetime,
	): string {
		return this.#cookie(
			'session',
			context,
			this.#signed('session', context, identity, now),
			maxAge,
		);
	}

	/**
	 * `Set-Cookie` headers that begin a visit of a room. The oldest of too many visits are removed.
	 *
	 * @param cookieHeader of the browser, with the visits that it remembers.
	 * @param maxAge in seconds.
	 */
	issueVisit(
		context: BrowserContext,
		identity: Identity,
		roomId: RoomId,
		cookieHeader: string | undefined,
		maxAge: number,
		now = Date.now(),
	): string[] {
		const begun = this.#signed('visit', context, identity, now);
		return [
			...this.#visitsBesides(roomId, cookieHeader, now)
				.slice(maxVisits - 1)
				.map((room) => this.#cookie('visit', context, '', 0, room)),
			this.#cookie('visit', context, begun, maxAge, roomId),
		];
	}

	/** The rooms of the other visits, the latest first. A cookie that is no visit comes last. */
	#visitsBesides(roomId: RoomId, cookieHeader: string | undefined, now: number): string[] {
		const name = new RegExp(`^(?:${hostPrefix})?${cookieNames.visit}([\\w-]+)(\\..*)?$`);
		const rooms = Object.keys(parseCookie(cookieHeader ?? '')).flatMap((cookie) => {
			const [, room = roomId, end = ''] = name.exec(cookie) ?? [];
			return room === roomId || end !== cookieEnd(this.#basePath) ? [] : [room];
		});
		const begunAt = (room: string) => this.#read('visit', cookieHeader, now, room)?.givenAt ?? 0;
		return rooms.sort((one, other) => begunAt(other) - begunAt(one));
	}

	/** Puts a session aside; null removes it. */
	issueOwn(context: BrowserContext, identity: Identity | null, now = Date.now()): string {
		const value = identity ? this.#signed('own', context, identity, now) : '';
		return this.#cookie('own', context, value, identity ? this.#lifetime : 0);
	}

	/** Marks this browser as one in which this person has signed in. */
	issueDevice(context: BrowserContext, personId: PersonId, now = Date.now()): string {
		const signed = this.#signed('device', context, { personId, sessionId: newSessionId() }, now);
		return this.#cookie('device', context, signed, maxCookieAge);
	}

	/**
	 * Each cookie is signed with a secret of its own, so that none passes for another: above all a cookie that a
	 * sibling domain could set must not pass for one that came over HTTPS.
	 */
	#secretOf(cookie: keyof typeof cookieNames, isHosted: boolean): string {
		if (isHosted) return `${this.#secret} ${hostPrefix}${cookie}`;
		return cookie === 'session' ? this.#secret : `${this.#secret} ${cookie}`;
	}

	#nameOf(cookie: keyof typeof cookieNames, room: string): string {
		return cookieNames[cookie] + room + cookieEnd(this.#basePath);
	}

	#signed(
		cookie: keyof typeof cookieNames,
		{ secure }: BrowserContext,
		{ personId: person, sessionId: session }: Identity,
		now: number,
	): string {
		const named = `${person}.${session}.${Math.floor(now / 1000)}`;
		return sign(named, this.#secretOf(cookie, secure));
	}

	#read(
		cookie: keyof typeof cookieNames,
		cookieHeader: string | undefined,
		now: number,
		room = '',
	): (Identity & { givenAt: number }) | null {
		const cookies = parseCookie(cookieHeader ?? '');
		// A cookie without the prefix, from an older version or from plain HTTP, is used only if there is no better
		// one.
		const name = this.#nameOf(cookie, room);
		const better = cookies[hostPrefix + name];
		const value = better ?? cookies[name];
		const signed = value && unsign(value, this.#secretOf(cookie, better !== undefined));
		if (!signed) return null;
		const parsed = v.safeParse(content, signed.split('.'));
		if (!parsed.success) return null;
		const [personId, sessionId, givenAt] = parsed.output;
		const lifetime = cookie === 'device' ? maxCookieAge : this.#lifetime;
		if (givenAt + lifetime <= now / 1000) return null;
		return { personId, sessionId, givenAt: givenAt * 1000 };
	}

	#cookie(
		cookie: keyof typeof cookieNames,
		{ secure, framed = false }: BrowserContext,
		value: string,
		maxAge: number,
		room = '',
	): string {
		const apart = framed && secure;
		return stringifySetCookie({
			name: (secure ? hostPrefix : '') + this.#nameOf(cookie, room),
			value,
			httpOnly: true,
			sameSite: apart ? 'none' : 'lax',
			...(apart && { partitioned: true }),
			secure,
			path: secure || this.#basePath === '' ? '/' : this.#basePath,
			maxAge,
		});
	}
}
