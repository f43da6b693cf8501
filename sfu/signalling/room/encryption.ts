import type { Author } from '#shared/chat.ts';
import type { EncryptionCheck } from '#shared/encryption.ts';
import { encryptionLimits } from '#shared/encryptionLimits.ts';
import { CodedError } from '#shared/errors.ts';
import type { PeerId, PersonId, RoomId } from '#shared/ids.ts';
import type { Parsed } from '#shared/protocol.ts';
import type { NewSecret } from '#shared/room.ts';
import type { Chats } from '../../chat/chats.ts';
import type { RoomRules } from '../../rooms/roomRules.ts';
import type { HeldSession, PeerSessions } from './peerSessions.ts';

type Parts = {
	roomId: RoomId;
	rules: RoomRules;
	peerSessions: PeerSessions;
	chats: Pick<Chats, 'access'>;
	/** Waits until the store knows who joined first. */
	ensureHost: () => Promise<void>;
};

/** How long a host that was asked for a new secret has before another one is asked, in ms. */
const rekeyTimeout = 10_000;

/**
 * The rule that a room is end-to-end encrypted. The server compares what proves that a client has the secret, and hands on
 * new secrets that it cannot open.
 */
export class Encryption {
	readonly #parts: Parts;
	/** The newest secret as it was sealed for each peer that was inside when it changed. */
	readonly #boxes = new Map<PeerId, NewSecret>();
	#founding: Promise<void> | null = null;
	#turn: Promise<unknown> = Promise.resolve();
	/** The hosts that were asked for the new secret that is due. */
	readonly #askedHosts = new Set<PeerId>();
	#rekeyTimer: ReturnType<typeof setTimeout> | null = null;
	#closed = false;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/**
	 * Refuses a client whose secret is not that of the room (ENCRYPTION-2). A room that nobody founded refuses nobody.
	 *
	 * @throws {CodedError} ENCRYPTED, LINK_CHANGED, NOT_ENCRYPTED.
	 */
	check(check: EncryptionCheck | undefined): void {
		const { rules, peerSessions } = this.#parts;
		const { encryption } = rules;
		if (encryption) {
			if (check === undefined) throw new CodedError('ENCRYPTED');
			if (check !== encryption.check) throw new CodedError('LINK_CHANGED');
		} else if (check !== undefined) {
			const founded = rules.kind !== 'open' || rules.hasHost || peerSessions.joined.length > 0;
			if (founded) throw new CodedError('NOT_ENCRYPTED');
		}
	}

	/**
	 * Lets a client join, or refuses it. The first one who joins a new room with a secret makes the room encrypted, for
	 * good (ENCRYPTION-1).
	 *
	 * @throws {CodedError} ENCRYPTED, LINK_CHANGED, NOT_ENCRYPTED, NOT_SAVED; ROOM_FULL where no more boxes fit into a request.
	 */
	async admit(check: EncryptionCheck | undefined): Promise<void> {
		this.check(check);
		const { rules, peerSessions } = this.#parts;
		if (check === undefined) return;
		if (!rules.encryption) {
			// At once, so that nobody else joins in another way meanwhile.
			rules.encryption = { epoch: 0, check, due: false };
			this.#founding = this.#found(check).finally(() => (this.#founding = null));
		}
		await this.#founding;
		this.check(check);
		if (peerSessions.joined.length >= encryptionLimits.boxes) throw new CodedError('ROOM_FULL');
	}

	async #found(check: EncryptionCheck): Promise<void> {
		const { roomId, rules, chats, ensureHost } = this.#parts;
		try {
			await ensureHost();
			const kept = await chats.access.encrypt(roomId, check);
			if (!kept) throw new CodedError('NOT_ENCRYPTED');
			rules.encryption = kept;
		} catch (error) {
			rules.encryption = null;
			throw error;
		}
	}

	/**
	 * There is a new secret, of which each peer inside gets its box (ENCRYPTION-5).
	 *
	 * @throws {CodedError} CONFLICT if the secret changed meanwhile, or somebody came in who has no box.
	 */
	rekey(by: Author, input: Parsed<'encryption:rekey'>): Promise<void> {
		const turn = this.#turn.then(() => this.#rekey(by, input));
		this.#turn = turn.catch(() => undefined);
		return turn;
	}

	async #rekey(by: Author, input: Parsed<'encryption:rekey'>): Promise<void> {
		const { roomId, rules, peerSessions, chats } = this.#parts;
		const { epoch, check, sealed, previous } = input;
		if (!rules.encryption) throw new CodedError('NOT_ENCRYPTED');
		if (!rules.isHost(by.personId)) throw new CodedError('NOT_ALLOWED', 'Only hosts can do that.');
		const boxes = new Map(sealed.map(({ peerId, box }) => [peerId, box]));
		const leftOut = () => peerSessions.joined.some(({ peer }) => !boxes.has(peer.id));
		if (epoch !== rules.encryption.epoch + 1 || leftOut()) throw new CodedError('CONFLICT');
		if (!(await chats.access.rekey(roomId, { epoch, check, previous })))
			throw new CodedError('CONFLICT');
		rules.encryption = { epoch, check, due: false };
		this.#askedHosts.clear();
		this.#stopAsking();
		for (const { peer, client } of peerSessions.joined) {
			// Who came in while this was stored has the older secret, and no box.
			const box = boxes.get(peer.id) ?? null;
			this.#boxes.delete(peer.id);
			if (box !== null) this.#boxes.set(peer.id, { epoch, box });
			if (client?.phase === 'room') client.tell('encryption:rekeyed', { epoch, check, box });
		}
	}

	/** The newest secret for a peer that comes back, if it changed while the peer was inside. */
	newSecretFor(peerId: PeerId): NewSecret | undefined {
		return this.#boxes.get(peerId);
	}

	/** Whether a host that comes in is to make a new secret. */
	isDueFor(person: PersonId): boolean {
		const { rules } = this.#parts;
		return rules.encryption?.due === true && rules.isHost(person);
	}

	/** Somebody was removed, and knows the secret: a host is asked for a new one (ENCRYPTION-6). */
	removed(): void {
		const { encryption } = this.#parts.rules;
		if (!encryption) return;
		encryption.due = true;
		this.#ask();
	}

	/** This peer is gone, and needs no secret any more. A host that leaves in the middle is followed by the next one. */
	gone(peerId: PeerId): void {
		this.#boxes.delete(peerId);
		if (this.#parts.rules.encryption?.due) this.#ask();
	}

	close(): void {
		this.#closed = true;
		this.#stopAsking();
	}

	#ask(): void {
		this.#stopAsking();
		const { rules, peerSessions } = this.#parts;
		if (this.#closed || !rules.encryption?.due) return;
		const { epoch } = rules.encryption;
		const canRekey = ({ client, peer }: HeldSession) =>
			client?.phase === 'room' && rules.isHost(peer.personId);
		// Where no host is inside, the next one that comes in is told with its join.
		const hosts = peerSessions.joined.filter(canRekey);
		const host = hosts.find(({ peer }) => !this.#askedHosts.has(peer.id)) ?? hosts[0];
		if (!host) return;
		if (this.#askedHosts.has(host.peer.id)) this.#askedHosts.clear();
		this.#askedHosts.add(host.peer.id);
		host.client?.tell('encryption:due', { epoch });
		this.#rekeyTimer = setTimeout(() => this.#ask(), rekeyTimeout);
	}

	#stopAsking(): void {
		if (this.#rekeyTimer) clearTimeout(this.#rekeyTimer);
		this.#rekeyTimer = null;
	}
}
