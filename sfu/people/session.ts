import { parseCookie, stringifySetCookie } from 'cookie';
import { sign, unsign } from 'cookie-signature';
import * as v from 'valibot';
import {
	newPersonId,
	newSessionId,
	personId,
	sessionId,
	type PersonId,
	type SessionId,
} from '#shared/ids.ts';

const cookieName = 'parley_session';
/** As long as browsers keep a cookie at most, in seconds. */
const lifetime = 400 * 24 * 60 * 60;

const content = v.tuple([
	personId,
	sessionId,
	v.pipe(v.string(), v.regex(/^\d{1,12}$/), v.transform(Number)),
]);

/** Who somebody is, and by which sign-in. */
export type Identity = { personId: PersonId; sessionId: SessionId };

/**
 * The session of a guest: ids of the person and of the session and the time it was given, in a cookie that
 * the service signed (HMAC-SHA256).
 */
export class Sessions {
	readonly #secret: string;

	/** @param secret at least 256 random bits; who knows it can be anybody. */
	constructor(secret: string) {
		this.#secret = secret;
	}

	/**
	 * Who the `Cookie` header says this is, or null: no cookie, not our signature, or too old.
	 *
	 * @param now in ms since 1970.
	 */
	identify(cookieHeader: string | undefined, now = Date.now()): Identity | null {
		const value = parseCookie(cookieHeader ?? '')[cookieName];
		const signed = value && unsign(value, this.#secret);
		if (!signed) return null;
		const parsed = v.safeParse(content, signed.split('.'));
		if (!parsed.success) return null;
		const [person, session, givenAt] = parsed.output;
		return givenAt + lifetime > now / 1000 ? { personId: person, sessionId: session } : null;
	}

	/** The person alone, see `identify`. */
	read(cookieHeader: string | undefined, now = Date.now()): PersonId | null {
		return this.identify(cookieHeader, now)?.personId ?? null;
	}

	/**
	 * A `Set-Cookie` header that goes on with this session, or begins one of a new guest.
	 *
	 * @param secure whether the page was served over HTTPS.
	 */
	issue(
		secure: boolean,
		{ personId: person, sessionId: session }: Identity = {
			personId: newPersonId(),
			sessionId: newSessionId(),
		},
		now = Date.now(),
	): { person: PersonId; header: string } {
		const value = sign(`${person}.${session}.${Math.floor(now / 1000)}`, this.#secret);
		const header = stringifySetCookie({
			name: cookieName,
			value,
			httpOnly: true,
			sameSite: 'lax',
			secure,
			path: '/',
			maxAge: lifetime,
		});
		return { person, header };
	}
}
