import { parseCookie, stringifySetCookie } from 'cookie';
import { sign, unsign } from 'cookie-signature';
import * as v from 'valibot';
import {
	newPersonId,
	newSessionId,
	personId as anyPersonId,
	sessionId as anySessionId,
	type PersonId,
	type SessionId,
} from '#shared/ids.ts';

const cookieNames = {
	session: 'parley_session',
	/** The person's own session, while they visit a room by another application's token. */
	own: 'parley_own',
	/** Proves that an account was signed in to with this browser before. It lets nobody in. */
	device: 'parley_device',
} as const;
const day = 24 * 60 * 60;
/** As long as browsers keep a cookie at most, in seconds. */
const longest = 400 * day;
/** What browsers let no other host and no page without HTTPS set, such as one of a sibling domain. */
const hosted = '__Host-';

const content = v.tuple([
	anyPersonId,
	anySessionId,
	v.pipe(v.string(), v.regex(/^\d{1,12}$/), v.transform(Number)),
]);

/** Who somebody is, and by which sign-in. */
export type Identity = { personId: PersonId; sessionId: SessionId };

/** How a browser reaches us. */
export type Way = {
	/** Whether the page was served over HTTPS. */
	secure: boolean;
	/** Whether it is shown within a page of another site. */
	framed?: boolean;
};

/**
 * Cookies that say who somebody is: ids of the person and of the session and the time they were given, signed by
 * the service (HMAC-SHA256). Whether a session goes on, `Visitors` says.
 */
export class Sessions {
	readonly #secret: string;
	readonly #lifetime: number;

	/**
	 * @param secret at least 256 random bits; who knows it can be anybody.
	 * @param idleDays how long a session lasts that is not used.
	 */
	constructor(secret: string, idleDays = 400) {
		this.#secret = secret;
		this.#lifetime = idleDays * day;
	}

	/**
	 * Who the `Cookie` header says this is and when the cookie was given, or null: no cookie, not our signature, or too old.
	 *
	 * @param now in ms since 1970.
	 */
	identify(
		cookieHeader: string | undefined,
		now = Date.now(),
	): (Identity & { givenAt: number }) | null {
		return this.#read('session', cookieHeader, now);
	}

	/** The session that was put aside for a visit. */
	ownOf(cookieHeader: string | undefined, now = Date.now()): Identity | null {
		const read = this.#read('own', cookieHeader, now);
		return read && { personId: read.personId, sessionId: read.sessionId };
	}

	/** The account that was signed in to with this browser before, and the id that the browser has for that. */
	deviceOf(
		cookieHeader: string | undefined,
		now = Date.now(),
	): { personId: PersonId; id: string } | null {
		const read = this.#read('device', cookieHeader, now);
		return read && { personId: read.personId, id: read.sessionId };
	}

	/** Somebody whom nobody knows yet. */
	newcomer(): Identity {
		return { personId: newPersonId(), sessionId: newSessionId() };
	}

	/**
	 * A `Set-Cookie` header by which a session begins or goes on. Within a page of another site browsers keep only
	 * cookies that came over HTTPS and belong to that site's pages alone.
	 */
	issue(way: Way, identity: Identity, now = Date.now(), maxAge = this.#lifetime): string {
		return this.#cookie('session', way, this.#signed('session', way, identity, now), maxAge);
	}

	/** Puts a session aside; null takes it back. */
	issueOwn(way: Way, identity: Identity | null, now = Date.now()): string {
		const value = identity ? this.#signed('own', way, identity, now) : '';
		return this.#cookie('own', way, value, identity ? this.#lifetime : 0);
	}

	/** Marks this browser as one in which this person has signed in. */
	issueDevice(way: Way, personId: PersonId, now = Date.now()): string {
		const signed = this.#signed('device', way, { personId, sessionId: newSessionId() }, now);
		return this.#cookie('device', way, signed, longest);
	}

	/**
	 * Each cookie has a signature of its own, so that none passes for another: above all what came over HTTPS not for a
	 * cookie that a page of a sibling domain could set.
	 */
	#secretOf(cookie: keyof typeof cookieNames, isHosted: boolean): string {
		if (isHosted) return `${this.#secret} ${hosted}${cookie}`;
		return cookie === 'session' ? this.#secret : `${this.#secret} ${cookie}`;
	}

	#signed(
		cookie: keyof typeof cookieNames,
		{ secure }: Way,
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
	): (Identity & { givenAt: number }) | null {
		const cookies = parseCookie(cookieHeader ?? '');
		// One from before the name had its beginning, or from plain HTTP, counts where there is no better one.
		const better = cookies[hosted + cookieNames[cookie]];
		const value = better ?? cookies[cookieNames[cookie]];
		const signed = value && unsign(value, this.#secretOf(cookie, better !== undefined));
		if (!signed) return null;
		const parsed = v.safeParse(content, signed.split('.'));
		if (!parsed.success) return null;
		const [personId, sessionId, givenAt] = parsed.output;
		const lifetime = cookie === 'device' ? longest : this.#lifetime;
		if (givenAt + lifetime <= now / 1000) return null;
		return { personId, sessionId, givenAt: givenAt * 1000 };
	}

	#cookie(
		cookie: keyof typeof cookieNames,
		{ secure, framed = false }: Way,
		value: string,
		maxAge: number,
	): string {
		const apart = framed && secure;
		return stringifySetCookie({
			name: (secure ? hosted : '') + cookieNames[cookie],
			value,
			httpOnly: true,
			sameSite: apart ? 'none' : 'lax',
			...(apart && { partitioned: true }),
			secure,
			path: '/',
			maxAge,
		});
	}
}
