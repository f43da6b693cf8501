import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import type { Data } from '#shared/protocol.ts';
import type { ServerConnection } from '#lib/connection/serverConnection.ts';
import type { CallObserver, Place, RemotePeer, TileSize, VideoMode } from '../model.ts';
import type { Receiver, ReceiverEvents } from '../media/receiver.ts';
import { PeerStore, type PeerFact, type KnownPeer } from './peerStore.ts';
import type { Ask } from '#lib/connection/signalClient.ts';
import { Speakers } from './speakers.ts';
import { Subscriptions } from './subscriptions.ts';
import { firstPage } from './planSubscriptions.ts';
import type { FirstPage } from '#shared/room.ts';

/** The part of the receiver that the other peers need. */
export type Receiving = Pick<
	Receiver,
	'stream' | 'keepOnly' | 'add' | 'reconcile' | 'preSubscribe' | 'awaitPictures'
>;

type RemotePeersObserver = Pick<CallObserver, 'peers' | 'peer' | 'speaking'>;
type Joined = Data<'room:join'>;
/** As much of the answer to a join as is about others. */
type PeersAnswer = Pick<Joined, 'peers' | 'consumers'> & { you: Pick<Joined['you'], 'peerId'> };

/**
 * The other peers: who they are, and which of their media is wanted and received. They outlive a session on the
 * server: after a start over the new list replaces the old one.
 */
export class RemotePeers implements ReceiverEvents {
	readonly #observer: RemotePeersObserver;
	readonly #peerStore = new PeerStore();
	readonly #subscriptions: Subscriptions;
	readonly #speakers: Speakers;
	#mode: VideoMode = 'full';
	#receiver: Receiving | null = null;
	/** Facts that arrived while their list is on its way; null while no list is. */
	#held: PeerFact[] | null = null;
	/** Counts what overtakes an answer that is being taken in. */
	#turn = 0;

	constructor(ask: Ask, observer: RemotePeersObserver) {
		this.#observer = observer;
		this.#speakers = new Speakers((speaking) => observer.speaking(speaking));
		this.#subscriptions = new Subscriptions(ask, {
			peers: () => this.#peerStore.peers,
			wanted: (wants) => this.#receiver?.keepOnly(wants),
			made: (consumers) => void this.#receiver?.add(consumers),
		});
	}

	/** Subscribes to the facts about other peers. */
	listen(server: Pick<ServerConnection, 'on'>): void {
		server.on('peer:joined', (told) => this.apply({ name: 'peer:joined', told }));
		server.on('peer:updated', (told) => this.apply({ name: 'peer:updated', told }));
		server.on('peer:connection', (told) => this.apply({ name: 'peer:connection', told }));
		server.on('peer:left', (told) => this.apply({ name: 'peer:left', told }));
		server.on('room:speakers', (told) => this.#speakers.apply(told));
		server.on('media:ahead', ({ consumers }) => void this.#receiver?.preSubscribe(consumers));
		server.on('producer:added', (told) => this.apply({ name: 'producer:added', told }));
		server.on('producer:updated', (told) => this.apply({ name: 'producer:updated', told }));
		server.on('producer:closed', (told) => this.apply({ name: 'producer:closed', told }));
	}

	/** A join is sent: until it is answered, facts wait. @returns what to ask for with it. */
	awaitList(present: number): FirstPage {
		this.#turn++;
		this.#held = [];
		this.#subscriptions.stop();
		return this.firstPage(present);
	}

	/** No list will arrive: the connection is lost. What is known of the other peers stays. */
	abandonList(): void {
		this.#turn++;
		this.#held = null;
		this.#speakers.clear();
		this.#subscriptions.stop();
	}

	/**
	 * Takes over the answer to a join, first or repeated, and counts facts that arrived meanwhile as newer or equal. The
	 * observer is told when media is on its way: rendering people takes longer than connecting to them, and would delay
	 * that.
	 *
	 * @returns false if a later answer or a lost connection has replaced this one
	 */
	async accept(answer: PeersAnswer, receiver: Receiving, page: FirstPage): Promise<boolean> {
		const turn = ++this.#turn;
		this.receiveBy(receiver);
		this.#peerStore.replace(answer.peers);
		const held = this.#held ?? [];
		this.#held = null;
		for (const fact of held) this.#peerStore.apply(fact);
		await receiver.reconcile(answer.consumers);
		if (turn !== this.#turn) return false;
		this.#tellAll();
		this.#speakers.enter(answer.you.peerId);
		this.#subscriptions.start(page);
		return true;
	}

	apply(fact: PeerFact): void {
		if (this.#held) {
			this.#held.push(fact);
			return;
		}
		const change = this.#peerStore.apply(fact);
		if (change.kind === 'nothing') return;
		if (fact.name === 'peer:joined')
			this.#receiver?.awaitPictures(fact.told.peer.producers.map(({ producerId }) => producerId));
		if (fact.name === 'producer:updated')
			this.#receiver?.awaitPictures([fact.told.producer.producerId]);
		if (change.kind === 'peer') this.changed(change.peerId);
		else {
			if (fact.name === 'peer:left') this.#subscriptions.forget(fact.told.peerId);
			this.#tellAll();
		}
		this.#subscriptions.refresh();
	}

	/** A peer's picture, or their share, is this large in this place now. */
	show(source: 'camera' | 'screen', peerId: PeerId, size: TileSize, place: Place = 'page'): void {
		this.#subscriptions.show(source, peerId, size, place);
	}

	/** How much video is wanted from now on. */
	setVideoMode(mode: VideoMode): void {
		this.#mode = mode;
		this.#subscriptions.setMode(mode);
		this.#tellAll();
	}

	/** The first page of tiles when so many others are present. */
	firstPage(present: number): FirstPage {
		const { innerWidth: width, innerHeight: height, devicePixelRatio: pixelRatio } = window;
		return firstPage({ width, height, pixelRatio }, present, this.#mode);
	}

	/** The media of the others is received by this receiver from now on. */
	receiveBy(receiver: Receiving): void {
		this.#receiver = receiver;
	}

	/** Forgets all peers. */
	clear(): void {
		this.abandonList();
		this.#peerStore.replace([]);
		this.#tellAll();
	}

	close(): void {
		this.#subscriptions.close();
	}

	changed(peerId: PeerId): void {
		const peer = this.#peerStore.get(peerId);
		if (peer) this.#observer.peer(this.#view(peer));
	}

	known(producerId: ProducerId): boolean {
		return this.#peerStore.ownerOf(producerId) !== undefined;
	}

	expected(producerId: ProducerId): boolean {
		const owner = this.#peerStore.ownerOf(producerId);
		const info = owner?.producers.get(producerId);
		if (!owner?.connected || !info || info.paused) return false;
		return this.#subscriptions.isVisible(
			info.source === 'screen' ? 'screen' : 'camera',
			owner.peerId,
		);
	}

	/** The source of another peer's producer. */
	sourceOf(producerId: ProducerId): MediaSource | undefined {
		return this.#peerStore.ownerOf(producerId)?.producers.get(producerId)?.source;
	}

	#tellAll(): void {
		this.#observer.peers(this.#peerStore.peers.map((peer) => this.#view(peer)));
	}

	#view({ producers, ...peer }: KnownPeer): RemotePeer {
		const all = [...producers.values()];
		const of = (wanted: MediaSource) => all.find(({ source }) => source === wanted);
		const [microphone, camera] = [of('microphone'), of('camera')];
		const microphoneOn = microphone !== undefined && !microphone.paused;
		const cameraOn = camera !== undefined && !camera.paused;
		const stream = (id: ProducerId | undefined) => (id && this.#receiver?.stream(id)) || null;
		return {
			...peer,
			microphoneOn,
			cameraOn,
			// The last picture would stand still.
			video: cameraOn && this.#mode !== 'audio' ? stream(camera.producerId) : null,
			audio: stream(microphone?.producerId),
			share: stream(of('screen')?.producerId),
			shareAudio: stream(of('screen-audio')?.producerId),
		};
	}
}
