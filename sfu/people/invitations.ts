import { importSPKI, jwtVerify, errors, type CryptoKey } from 'jose';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { roomId, newPersonId, type RoomId } from '#shared/ids.ts';
import { displayName } from '#shared/text.ts';
import type { Chats } from '../chat/chats.ts';
import type { Config } from '../config.ts';
import { StartError } from '../startError.ts';
import type { AccountStore } from '../store/accountStore.ts';
import type { Accounts } from './accounts.ts';
import { inForce, suspended } from './standings.ts';
import type { Identity } from './session.ts';
import type { Visitor } from './visitors.ts';

/** A token is made when somebody is about to come in: further ahead it may not end, in seconds. */
const longestToken = 24 * 60 * 60;
/** How long a visit lasts at most, in seconds. */
const visit = 12 * 60 * 60;
/** Clocks differ, in seconds. */
const tolerance = 30;
/** The issuer of identities that the operator's own site vouches for. */
const site = 'embed';

/** An id of another system. PostgreSQL keeps no text with a zero in it. */
const foreignId = v.pipe(
	v.string(),
	v.minLength(1),
	v.maxLength(256),
	v.check((id) => !id.includes('\0')),
);

const claims = v.object({
	room: roomId,
	name: displayName,
	/** Who this is on the site that sends them: the same one is the same person here. */
	sub: foreignId,
	host: v.optional(v.boolean(), false),
	exp: v.pipe(v.number(), v.finite(), v.minValue(0)),
	/** Names the token, which counts once. */
	jti: foreignId,
});

type Key = { alg: 'HS256' | 'EdDSA'; key: CryptoKey | Uint8Array };

/** People who are sent into a room by a token of another application (R78). */
export class Invitations {
	readonly #keys: readonly Key[];
	readonly #expected: { audience?: string; issuer?: string };
	readonly #store: AccountStore;
	readonly #chats: Pick<Chats, 'access' | 'invite' | 'setRole'>;
	readonly #accounts: Accounts;

	private constructor(
		keys: readonly Key[],
		expected: { audience?: string; issuer?: string },
		store: AccountStore,
		chats: Pick<Chats, 'access' | 'invite' | 'setRole'>,
		accounts: Accounts,
	) {
		this.#keys = keys;
		this.#expected = expected;
		this.#store = store;
		this.#chats = chats;
		this.#accounts = accounts;
	}

	/** @throws {StartError} where the public key is none. */
	static async create(
		{ secret, publicKey, audience, issuer }: Omit<Config['embed'], 'frameAncestors'>,
		...parts: [AccountStore, Pick<Chats, 'access' | 'invite' | 'setRole'>, Accounts]
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
	 * Whoever shows the token is that site's person from now on, in a session for this room.
	 *
	 * @returns the session, what the site calls them, and how long it lasts at most, in seconds.
	 * @throws {CodedError} BAD_TOKEN, TOKEN_EXPIRED, TOKEN_USED, SUSPENDED.
	 */
	async accept(
		token: string,
		room: RoomId,
		before: Visitor | null,
		device: string,
	): Promise<{ identity: Identity; name: string; seconds: number }> {
		const claimed = await this.#verify(token);
		const now = Date.now();
		if (claimed.room !== room) throw new CodedError('BAD_TOKEN');
		if (claimed.exp > now / 1000 + longestToken)
			throw new CodedError(
				'BAD_TOKEN',
				'This link would be good for more than a day, which is not safe. Ask for a new one where you got it.',
			);
		const { access } = this.#chats;
		const until = Math.ceil((claimed.exp + tolerance) * 1000);
		if (!(await access.saving(() => this.#store.useToken(claimed.jti, until, now))))
			throw new CodedError('TOKEN_USED');
		const { personId } = await access.saving(() =>
			this.#store.identify(site, claimed.sub, newPersonId(), null, now),
		);
		const suspension = inForce(await access.reading(() => this.#store.profile(personId)));
		if (suspension) throw suspended(suspension);
		await this.#place(personId, claimed);
		const limit = { roomId: room, endsAt: now + visit * 1000 };
		const { identity } = await this.#accounts.begin(personId, before, device, limit);
		return { identity, name: claimed.name, seconds: visit };
	}

	/** What the site says somebody is in the room; who comes first is not host by that. */
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
					clockTolerance: tolerance,
					requiredClaims: ['exp', 'jti', 'sub'],
				});
				const result = v.safeParse(claims, payload);
				if (!result.success) throw new CodedError('BAD_TOKEN');
				return result.output;
			} catch (error) {
				if (error instanceof errors.JWTExpired) throw new CodedError('TOKEN_EXPIRED');
				if (error instanceof errors.JWTClaimValidationFailed && /^(?:aud|iss)$/.test(error.claim))
					throw new CodedError('BAD_TOKEN', 'This link was made for another server.');
				failure = error;
			}
		}
		if (failure instanceof CodedError || failure instanceof errors.JOSEError)
			throw new CodedError('BAD_TOKEN');
		throw failure;
	}
}
