import type { ExchangeKey } from '#shared/encryption.ts';
import { CodedError } from '#shared/errors.ts';
import type { PeerId, PersonId, RoomId } from '#shared/ids.ts';
import type { Data, FactName, FactOf, RequestName, Sent } from '#shared/protocol.ts';
import type { NewSecret } from '#shared/room.ts';
import { published, openSecret, sealSecret, verified, type ExchangePair } from './exchange.ts';
import { canEncrypt, FrameGuard } from './frameGuard.ts';
import { pairOf } from './keptPair.ts';
import { Keyring } from './keyring.ts';
import { keysOf } from './keys.ts';
import { WordsBorder } from './wordsBorder.ts';
import { fragmentOf, newSecret, secretInFragment, type Secret } from './secret.ts';

/** How often the keys of what is sent go on without anybody joining, in ms. */
const stepPause = 3 * 60_000;
/** How often a new secret is tried again: people come in while it is sealed. */
const tries = 5;

/** The connection to the server, as far as the encryption of a call needs it. */
type Server = {
	ask: <N extends RequestName>(name: N, input: Sent<N>) => Promise<Data<N>>;
	on: <N extends FactName>(name: N, listener: (told: FactOf<N>) => void) => unknown;
};

type Other = { personId: PersonId; exchangeKey: ExchangeKey | undefined };

/** The end-to-end encryption of one call: the secrets of the room, and what they do to pictures and voices. */
export class CallEncryption {
	readonly guard: FrameGuard;
	/** What the words of the room go through. */
	readonly border: WordsBorder;
	readonly #keyring: Keyring;
	readonly #pair: ExchangePair;
	readonly #server: Server;
	readonly #left: (error: CodedError) => void;
	readonly #others = new Map<PeerId, Other>();
	readonly #timer: ReturnType<typeof setInterval>;
	#personId: PersonId | null = null;
	#peerId: PeerId | null = null;
	#renewing: Promise<void> | null = null;
	/** What the server tells is taken in one after the other. */
	#turn: Promise<void> = Promise.resolve();

	private constructor(
		keyring: Keyring,
		pair: ExchangePair,
		server: Server,
		left: (error: CodedError) => void,
	) {
		this.#keyring = keyring;
		this.#pair = pair;
		this.#server = server;
		this.#left = left;
		this.border = new WordsBorder(keyring);
		this.guard = new FrameGuard(keyring.epoch, keyring.keys.media);
		this.border.frames = this.guard;
		this.#timer = setInterval(() => this.guard.step(), stepPause);
		server.on('peer:joined', ({ peer }) => {
			this.#others.set(peer.peerId, peer as Other);
			this.guard.step();
		});
		server.on('peer:left', ({ peerId }) => void this.#others.delete(peerId));
		server.on('encryption:rekeyed', ({ epoch, box }) =>
			this.#take(box === null ? null : { epoch, box }),
		);
		server.on('encryption:due', () => this.#renew());
	}

	/**
	 * @param fragment of the page's address.
	 * @param left told when this page is left out of a new secret.
	 * @throws {CodedError} ENCRYPTED where this browser cannot take part, and for a key that is not whole.
	 */
	static async begin(
		roomId: RoomId,
		fragment: string,
		server: Server,
		left: (error: CodedError) => void,
	): Promise<CallEncryption> {
		if (!isSecureContext)
			throw new CodedError(
				'ENCRYPTED',
				'End-to-end encryption needs a secure page. Open the link with https.',
			);
		if (!canEncrypt())
			throw new CodedError(
				'ENCRYPTED',
				"This browser can't take part in end-to-end encrypted calls. Use a current version of Chrome, Edge, Firefox or Safari.",
			);
		const secret = secretInFragment(fragment);
		if (!secret) throw new CodedError('ENCRYPTED');
		const [keyring, pair] = [await Keyring.from(roomId, secret), await pairOf(roomId)];
		return new CallEncryption(keyring, pair, server, left);
	}

	get keyring(): Keyring {
		return this.#keyring;
	}

	/** What the way into the lobby says. */
	get entering(): Pick<Sent<'lobby:enter'>, 'encryption'> {
		return { encryption: { check: this.#keyring.keys.check } };
	}

	/** The server let this page into the lobby. */
	async entered({ personId, room, newSecret: next }: Data<'lobby:enter'>): Promise<void> {
		this.#personId = personId;
		if (next) await this.#open(next);
		else if (room.encryption) this.#keyring.renumber(room.encryption.epoch);
		this.#use();
	}

	/** What the join says. */
	async joining(): Promise<Pick<Sent<'room:join'>, 'encryption'>> {
		const { check, bind } = this.#keyring.keys;
		if (!this.#personId) return {};
		const exchangeKey = await published(this.#pair, bind, this.#personId);
		return { encryption: { check, exchangeKey } };
	}

	/** The server let this page into the room, or back into it. */
	async joined({ you, peers, newSecret: next, secretDue }: Data<'room:join'>): Promise<void> {
		this.#peerId = you.peerId;
		this.#others.clear();
		for (const { peerId, personId, exchangeKey } of peers)
			this.#others.set(peerId, { personId, exchangeKey });
		if (next && next.epoch > this.#keyring.epoch) await this.#open(next);
		if (secretDue) this.#renew();
	}

	close(): void {
		clearInterval(this.#timer);
		this.guard.close();
	}

	#take(next: NewSecret | null): void {
		this.#turn = this.#turn.then(async () => {
			try {
				if (!next) throw new CodedError('LINK_CHANGED');
				await this.#open(next);
			} catch (error) {
				this.#left(error instanceof CodedError ? error : new CodedError('LINK_CHANGED'));
			}
		});
	}

	/** @throws {CodedError} LINK_CHANGED where the box is not for this page. */
	async #open({ epoch, box }: NewSecret): Promise<void> {
		if (epoch <= this.#keyring.epoch && epoch !== 0) return;
		const secret = await openSecret(box, epoch, this.#pair, this.#keyring.keys.bind);
		if (!secret) throw new CodedError('LINK_CHANGED');
		await this.#advance(epoch, secret);
	}

	async #advance(epoch: number, secret: Secret): Promise<void> {
		await this.#keyring.advance(epoch, secret);
		this.#use();
		// The address and what is copied from it bring others in from now on.
		history.replaceState(history.state, '', fragmentOf(secret));
		dispatchEvent(new Event('hashchange'));
	}

	#use(): void {
		this.guard.setEpoch(this.#keyring.epoch, this.#keyring.keys.media);
	}

	/** Makes a new secret for those who are inside now, as a host. */
	#renew(): void {
		this.#renewing ??= this.#tryRenewing()
			// The server asks again, or another host.
			.catch(() => undefined)
			.finally(() => (this.#renewing = null));
	}

	async #tryRenewing(): Promise<void> {
		for (let count = 0; count < tries; count++) {
			await this.#turn;
			const before = this.#keyring.epoch;
			try {
				await this.#rekey();
				return;
			} catch (error) {
				if (!(error instanceof CodedError && error.code === 'CONFLICT')) throw error;
				await new Promise((resolve) => setTimeout(resolve, 300));
				// Somebody else's new secret may have been sealed for the one who was removed meanwhile.
				if (this.#keyring.epoch !== before) continue;
			}
		}
	}

	async #rekey(): Promise<void> {
		const [{ keys, roomId }, secret] = [this.#keyring, newSecret()];
		const epoch = this.#keyring.epoch + 1;
		const next = await keysOf(secret, roomId);
		const ids = [...this.#others.keys()];
		const boxes = await Promise.all(
			[...this.#others.values()].map(async ({ personId, exchangeKey }) => {
				const key = exchangeKey && (await this.#verified(exchangeKey, personId));
				return key ? sealSecret(secret, epoch, key, keys.bind) : null;
			}),
		);
		const own = await sealSecret(secret, epoch, this.#pair.publicKey, keys.bind);
		const sealed = ids.map((peerId, index) => ({ peerId, box: boxes[index] ?? null }));
		if (this.#peerId) sealed.push({ peerId: this.#peerId, box: own });
		const previous = await this.#keyring.sealedBy(next);
		await this.#server.ask('encryption:rekey', { epoch, check: next.check, sealed, previous });
	}

	/** Who joined in an earlier epoch published their key by its secret. */
	async #verified(exchangeKey: ExchangeKey, personId: PersonId) {
		for (const bind of this.#keyring.binds) {
			const key = await verified(exchangeKey, bind, personId);
			if (key) return key;
		}
		return null;
	}
}
