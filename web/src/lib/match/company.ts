import * as v from 'valibot';
import { newPeerId, personId, type MatchId } from '#shared/ids.ts';
import type { Told } from '#shared/protocol.ts';
import type { PeerInfo } from '#shared/room.ts';
import type { RemotePeer, TileSize, VideoMode } from '../call/model.ts';
import { People } from '../call/people.ts';
import type { Receiver } from '../call/receiver.ts';
import type { Signal } from '../call/signal.ts';
import { loadedIn } from '../call/wants.ts';
import type { Keeping, MatchObserver, Partner } from './model.ts';
import { Talk } from './talk.ts';

type Observer = Pick<MatchObserver, 'partner' | 'lines' | 'typing' | 'keeping'>;

/**
 * How long a face stays after one has pressed Next, in ms, unless the next one is there before. So nothing is cleared away to be
 * built anew a moment later, and nothing is drawn while connecting: both take longer than all the rest.
 */
const afterglow = 120;

const noKeeping: Keeping = { mine: false, theirs: false, kept: false };

/** Who one is with at the moment: what is seen and heard of them, what is written, and whether it is to last. */
export class Company {
	readonly people: People;
	readonly talk: Talk;
	readonly #observer: Observer;
	readonly #signal: Signal;
	#partner: Partner | null = null;
	#last: MatchId | null = null;
	#keeping = noKeeping;
	#view: TileSize = { width: 640, height: 360 };
	#videoMode: VideoMode = 'full';
	/** Until the page hears who is here, at the latest. */
	#telling: ReturnType<typeof setTimeout> | null = null;

	constructor(signal: Signal, observer: Observer) {
		this.#signal = signal;
		this.#observer = observer;
		this.talk = new Talk(signal.ask, observer);
		this.people = new People(signal.ask, {
			peers: ([peer]) => this.#onPeer(peer),
			peer: (peer) => this.#onPeer(peer),
			speaking: () => undefined,
		});
		this.people.listen(signal);
		signal.on('match:posted', ({ matchId, message }) => this.talk.onPosted(matchId, message));
		signal.on('match:typing', ({ matchId, typing }) => this.talk.onTyping(matchId, typing));
		signal.on('match:keep', ({ matchId, keep }) => this.#onKeep(matchId, { theirs: keep }));
		signal.on('match:kept', ({ matchId }) => this.#onKeep(matchId, { mine: true, kept: true }));
	}

	/** The match that goes on. */
	get matchId(): MatchId | null {
		return this.#partner?.matchId ?? null;
	}

	/** The match that goes on, or the last one. */
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
		this.people.setVideoMode(mode);
	}

	/** Somebody is here; they are received by this receiver, if by any. */
	begin(
		{ matchId, partner, peer, consumers }: Told<'match:found'>,
		receiver: Receiver | undefined,
	): void {
		this.#keeping = noKeeping;
		this.#observer.keeping(noKeeping);
		this.talk.begin(matchId);
		this.#last = matchId;
		this.#partner = { ...partner, matchId, peer: null };
		if (!peer || !receiver) this.#tell();
		else {
			this.#tellSoon();
			receiver.expectAnew();
			// The tile that is there stays, and so does its size.
			this.people.show('camera', peer.peerId, this.#view);
			const page = { videos: 1, ...this.view };
			const peers = [infoOf(peer, partner.name)];
			const answer = { you: { peerId: newPeerId() }, peers, consumers };
			void this.people.accept(answer, receiver, page);
		}
	}

	/**
	 * They are gone.
	 *
	 * @param soon whether somebody else is hoped for at once: then the page hears of it a moment later.
	 */
	end(soon = false): void {
		if (this.#partner) {
			this.#partner = null;
			this.talk.begin(null);
			this.#keeping = noKeeping;
			this.#observer.keeping(noKeeping);
			this.people.clear();
			if (soon) this.#tellSoon();
		}
		if (!soon) this.#tell();
	}

	/** Would like to stay in touch with this partner, or not after all. */
	async keep(keep: boolean): Promise<void> {
		const { matchId } = this;
		if (!matchId) return;
		await this.#signal.ask('match:keep', { matchId, keep });
		this.#onKeep(matchId, { mine: keep });
	}

	/** The partner's picture is this large now. */
	show(size: TileSize): void {
		if (size.width > 0) this.#view = size;
		const peer = this.#partner?.peer;
		if (peer) this.people.show('camera', peer.peerId, size);
	}

	close(): void {
		this.#stopTelling();
		this.talk.close();
		this.people.close();
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

/** A partner as the engine of calls knows people; strangers have no ids but those of the match. */
const infoOf = (
	{ peerId, producers }: NonNullable<Told<'match:found'>['peer']>,
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
