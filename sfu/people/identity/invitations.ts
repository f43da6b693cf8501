import { importSPKI, jwtVerify, errors, type CryptoKey, type JWTPayload } from 'jose';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { roomId, newPersonId, type RoomId } from '#shared/ids.ts';
import { foreignName } from '#shared/text.ts';
import type { Chats } from '../../chat/chats.ts';
import type { Config } from '../../platform/config.ts';
import type { Log } from '../../platform/log.ts';
import { StartError } from '../../platform/startError.ts';
import type { AccountStore } from '../../store/api/accountStore.ts';
import type { Accounts } from './accounts.ts';
import { inForce, suspended } from './accountStatus.ts';
import type { Identity } from './sessionCookies.ts';
import type { Visitor } from './sessionRegistry.ts';

/** The latest end of a token, in seconds from now: a token is made when the person is about to come in. */
const maxTokenLifetime = 24 * 60 * 60;
/** The longest visit, in seconds. */
const visitDuration = 12 * 60 * 60;
/** How much clocks may differ, in seconds. */
const clockTolerance = 30;
/** The issuer of identities that the operator's own site vouches for. */
const siteIssuer = 'embed';

/** An id of another system. PostgreSQL cannot store a text with a zero character. */
const foreignId = v.pipe(
	v.string(),
	v.minLength(1),
	v.maxLength(256),
	v.check((id) => !id.includes('\0')),
);

const claims = v.object({
	room: roomId,
	name: foreignName,
	/** The person's id on the site that sends them. The same id is the same person here. */
	sub: foreignId,
	host: v.optional(v.boolean(), false),
	exp: v.pipe(v.number(), v.finite(), v.minValue(0)),
	/** The token's id, which is valid once. */
	jti: foreignId,
});

/** What each claim has to be, for the people who make tokens. */
const kinds: Readonly<Record<string, string>> = {
	room: 'the id of a room',
	name: 'a name',
	sub: 'a text of 1 to 256 characters',
	jti: 'a text of 1 to 256 characters',
	host: 'true or false',
	exp: 'a number of seconds since 1970',
	nbf: 'a number of seconds since 1970',
};

/** The refusal of a token that a claim is missing from, or whose claim is of a wrong kind. */
function badClaim(claim: string, payload: JWTPayload): CodedError {
	const fault =
		payload[claim] === undefined ? 'is missing' : `is not ${kinds[claim] ?? 'what it must be'}`;
	return new CodedError(
		'BAD_CLAIM',
		`This link wasn't made correctly: the claim "${claim}" of its token ${fault}. Tell the site where you got it.`,
	);
}

type Key = { alg: 'HS256' | 'EdDSA'; key: CryptoKey | Uint8Array };

/** Visitors whom another application's token admits to a room (ACCOUNT-9). */
export class Invitations {
	readonly #keys: readonly Key[];
	readonly #expected: { audience?: string; issuer?: string };
	readonly #store: AccountStore;
	readonly #chats: Pick<Chats, 'access' | 'invite' | 'setRole'>;
	readonly #accounts: Accounts;
	readonly #log: Log;

	private constructor(
		keys: readonly Key[],
		expected: { audience?: string; issuer?: string },
		store: AccountStore,
		chats: Pick<Chats, 'access' | 'invite' | 'setRole'>,
		accounts: Accounts,
		log: Log,
	) {
		this.#keys = keys;
		this.#expected = expected;
		this.#store = store;
		this.#chats = chats;
		this.#accounts = accounts;
		this.#log = log;
	}

	/** @throws {StartError} if the public key is invalid. */
	static async create(
		{ secret, publicKey, audience, issuer }: Omit<Config['embed'], 'frameAncestors'>,
		...parts: [AccountStore, Pick<Chats, 'access' | 'invite' | 'setRole'>, Accounts, Log]
	): Promise<Invitations> {
		const keys: Key[] = [];
		if (secret) keys.push({ alg: 'HS256', key: new TextEncoder().encode(secret) });
		if (publicKey) {
			try {
				keys.push({ alg: 'EdDSA', key: await importSPKI(publicKey, 'EdDSA') });
			} catch {
				throw new StartError(
					'embed.publicKey is not the public key of an Ed25519 key in PEM ("-----BEGIN PUBLIC KEY-----").',
				);
			}
		}
		const expected = { ...(audience && { audience }), ...(issuer && { issuer }) };
		return new Invitations(keys, expected, ...parts);
	}

	/**
	 * Signs the holder in as that site's person, in a session for this room.
	 *
	 * @returns the session, the site's name for the person, and the longest duration, in seconds.
	 * @throws {CodedError} BAD_TOKEN, BAD_CLAIM, TOKEN_TOO_EARLY, TOKEN_EXPIRED, TOKEN_USED, SUSPENDED.
	 */
	async accept(
		token: string,
		room: RoomId,
		before: Visitor | null,
		device: string,
	): Promise<{ identity: Identity; name: string; seconds: number }> {
		const claimed = await this.#verify(token);
		const now = Date.now();
		if (claimed.room !== room) throw this.#refuse(new CodedError('BAD_TOKEN'));
		if (claimed.exp > now / 1000 + maxTokenLifetime)
			throw this.#refuse(
				new CodedError(
					'BAD_TOKEN',
					"This link would be valid for more than a day, which isn't safe. Ask for a new one where you got it.",
				),
			);
		const { access } = this.#chats;
		const until = Math.ceil((claimed.exp + clockTolerance) * 1000);
		if (!(await access.saving(() => this.#store.useToken(claimed.jti, until, now))))
			throw new CodedError('TOKEN_USED');
		const { personId } = await access.saving(() =>
			this.#store.identify(siteIssuer, claimed.sub, newPersonId(), null, now),
		);
		const suspension = inForce(await access.reading(() => this.#store.profile(personId)));
		if (suspension) throw suspended(suspension);
		await this.#place(personId, claimed);
		const limit = { roomId: room, endsAt: now + visitDuration * 1000 };
		const { identity } = await this.#accounts.begin(personId, before, device, limit);
		return { identity, name: claimed.name, seconds: visitDuration };
	}

	/** Gives the visitor the role that the token states; coming first does not make them host. */
	async #place(personId: Identity['personId'], { room, name, host }: v.InferOutput<typeof claims>) {
		const { access } = this.#chats;
		const person = { personId, name };
		await this.#chats.invite(room);
		const rules = await access.rules(room);
		if (rules.removed.some((one) => one.personId === personId)) throw new CodedError('REMOVED');
		const isHost = rules.hosts.includes(personId);
		if (host && !isHost) await this.#chats.setRole(room, person, 'host');
		else if (!host && !isHost) await this.#chats.setRole(room, person, 'member');
	}

	async #verify(token: string): Promise<v.InferOutput<typeof claims>> {
		let failure: unknown = new CodedError('BAD_TOKEN');
		for (const { alg, key } of this.#keys) {
			try {
				const { payload } = await jwtVerify(token, key, {
					algorithms: [alg],
					...this.#expected,
					clockTolerance,
					requiredClaims: ['exp', 'jti', 'sub'],
				});
				const result = v.safeParse(claims, payload);
				if (!result.success) throw badClaim(String(v.getDotPath(result.issues[0])), payload);
				return result.output;
			} catch (error) {
				const refusal = refusalOf(error);
				if (refusal) throw this.#refuse(refusal);
				failure = error;
			}
		}
		throw failure instanceof errors.JOSEError ? new CodedError('BAD_TOKEN') : failure;
	}

	/**
	 * Writes into the log what is wrong with a token that the site has signed: the developers of the site look there. A token
	 * that is too old is no fault of theirs, and a token of another signature could be anybody's.
	 */
	#refuse(refusal: CodedError): CodedError {
		const { code, message } = refusal;
		if (code !== 'TOKEN_EXPIRED')
			this.#log.warn({ code }, `refused a token of the site: ${message}`);
		return refusal;
	}
}

/** The refusal of a token that the site has signed; null if its signature is not the site's. */
function refusalOf(error: unknown): CodedError | null {
	if (error instanceof CodedError) return error;
	if (error instanceof errors.JWTExpired) return new CodedError('TOKEN_EXPIRED');
	if (!(error instanceof errors.JWTClaimValidationFailed)) return null;
	const { claim, reason, payload } = error;
	if (claim === 'aud' || claim === 'iss')
		return new CodedError('BAD_TOKEN', 'This link was made for another server.');
	if (claim === 'nbf' && reason === 'check_failed')
		return new CodedError(
			'TOKEN_TOO_EARLY',
			"This link isn't valid yet, or the clocks of the site and of this server differ. Try again in a moment.",
		);
	return badClaim(claim, payload);
}
