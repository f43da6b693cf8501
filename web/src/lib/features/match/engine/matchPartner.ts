import * as v from 'valibot';
import { newPeerId, personId, type MatchId } from '#shared/ids.ts';
import type { FactOf } from '#shared/protocol.ts';
import type { PeerInfo } from '#shared/room.ts';
import type { RemotePeer, TileSize, VideoMode } from '#lib/features/call/engine/model.ts';
import { RemotePeers } from '#lib/features/call/engine/peers/remotePeers.ts';
import type { Receiver } from '#lib/features/call/engine/media/receiver.ts';
import type { SignalClient } from '#lib/connection/signalClient.ts';
import { loadedIn } from '#lib/features/call/engine/peers/planSubscriptions.ts';
import type { Keeping, MatchObserver, Partner } from './model.ts';
import { MatchChat } from './matchChat.ts';

type Observer = Pick<MatchObserver, 'partner' | 'lines' | 'typing' | 'keeping'>;

/**
 * How long the last partner's picture stays after Next, in ms, unless the next partner comes before. So the page does
 * not remove elements that it builds again a moment later, and renders nothing while it connects: both take longer
 * than all the rest.
 */
const afterglow = 120;

const noKeeping: Keeping = { mine: false, theirs: false, kept: false };

/** The partner of the current match: their media, the chat of the two, and whether they stay in touch. */
export class MatchPartner {
	readonly remotePeers: RemotePeers;
	readonly chat: MatchChat;
	readonly #observer: Observer;
	readonly #server: SignalClient;
	#partner: Partner | null = null;
	#last: MatchId | null = null;
	#keeping = noKeeping;
	#view: TileSize = { width: 640, height: 360 };
	#videoMode: VideoMode = 'full';
	/** Runs while the partner's peer is not known yet. When it ends, the partner is reported without. */
	#telling: ReturnType<typeof setTimeout> | null = null;

	constructor(server: SignalClient, observer: Observer) {
		this.#server = server;
		this.#observer = observer;
		this.chat = new MatchChat(server.ask, observer);
		this.remotePeers = new RemotePeers(server.ask, {
			peers: ([peer]) => this.#onPeer(peer),
			peer: (peer) => this.#onPeer(peer),
			speaking: () => undefined,
		});
		this.remotePeers.listen(server);
		server.on('match:posted', ({ matchId, message }) => this.chat.onPosted(matchId, message));
		server.on('match:typing', ({ matchId, typing }) => this.chat.onTyping(matchId, typing));
		server.on('match:keep', ({ matchId, keep }) => this.#onKeep(matchId, { theirs: keep }));
		server.on('match:kept', ({ matchId }) => this.#onKeep(matchId, { mine: true, kept: true }));
	}

	/** The current match. */
	get matchId(): MatchId | null {
		return this.#partner?.matchId ?? null;
	}

	/** The current match, or the last one. */
	get lastId(): MatchId | null {
		return this.#last;
	}

	/** How large a partner's picture is wanted. */
	get view(): TileSize {
		return loadedIn(this.#videoMode, this.#view);
	}

	/** How much video is wanted from now on. */
	setVideoMode(mode: VideoMode): void {
		this.#videoMode = mode;
		this.remotePeers.setVideoMode(mode);
	}

	/** A match begins. `receiver` receives the partner's media, if the two see each other. */
	begin(
		{ matchId, partner, peer, consumers }: FactOf<'match:found'>,
		receiver: Receiver | undefined,
	): void {
		this.#keeping = noKeeping;
		this.#observer.keeping(noKeeping);
		this.chat.begin(matchId);
		this.#last = matchId;
		this.#partner = { ...partner, matchId, peer: null };
		if (!peer || !receiver) this.#tell();
		else {
			this.#tellSoon();
			receiver.endMatch();
			// The tile that is there stays, and so does its size.
			this.remotePeers.show('camera', peer.peerId, this.#view);
			const page = { videos: 1, ...this.view };
			const peers = [infoOf(peer, partner.name)];
			const answer = { you: { peerId: newPeerId() }, peers, consumers };
			void this.remotePeers.accept(answer, receiver, page);
		}
	}

	/**
	 * The partner is gone.
	 *
	 * @param soon whether the next partner may come at once: then the page is told of the end a moment later
	 */
	end(soon = false): void {
		if (this.#partner) {
			this.#partner = null;
			this.chat.begin(null);
			this.#keeping = noKeeping;
			this.#observer.keeping(noKeeping);
			this.remotePeers.clear();
			if (soon) this.#tellSoon();
		}
		if (!soon) this.#tell();
	}

	/** Offers this partner to stay in touch, or takes the offer back. */
	async keep(keep: boolean): Promise<void> {
		const { matchId } = this;
		if (!matchId) return;
		await this.#server.ask('match:keep', { matchId, keep });
		this.#onKeep(matchId, { mine: keep });
	}

	/** The partner's picture is this large now. */
	show(size: TileSize): void {
		if (size.width > 0) this.#view = size;
		const peer = this.#partner?.peer;
		if (peer) this.remotePeers.show('camera', peer.peerId, size);
	}

	close(): void {
		this.#stopTelling();
		this.chat.close();
		this.remotePeers.close();
	}

	#tell(): void {
		this.#stopTelling();
		this.#observer.partner(this.#partner);
	}

	#tellSoon(): void {
		this.#telling ??= setTimeout(() => this.#tell(), afterglow);
	}

	#stopTelling(): void {
		if (this.#telling !== null) clearTimeout(this.#telling);
		this.#telling = null;
	}

	#onPeer(peer: RemotePeer | undefined): void {
		if (!this.#partner || !peer) return;
		this.#partner = { ...this.#partner, peer };
		this.#tell();
	}

	#onKeep(matchId: MatchId, change: Partial<Keeping>): void {
		if (matchId !== this.matchId) return;
		this.#keeping = { ...this.#keeping, ...change };
		this.#observer.keeping(this.#keeping);
	}
}

/** A partner in the form in which calls know peers. Strangers have no ids but those of the match. */
const infoOf = (
	{ peerId, producers }: NonNullable<FactOf<'match:found'>['peer']>,
	name: string | null,
): PeerInfo => ({
	peerId,
	personId: v.parse(personId, peerId),
	name: name ?? '',
	role: 'member',
	hand: null,
	hostMuted: false,
	connected: true,
	producers,
});
