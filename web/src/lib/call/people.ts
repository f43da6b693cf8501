import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import type { Data } from '#shared/protocol.ts';
import type { Link } from '../chat/model.ts';
import type { CallObserver, Place, RemotePeer, TileSize, VideoMode } from './model.ts';
import type { Receiver, ReceiverEvents } from './receiver.ts';
import { Roster, type RosterFact, type RosterPeer } from './roster.ts';
import type { Ask } from './signal.ts';
import { Speakers } from './speakers.ts';
import { Wanting } from './wanting.ts';
import { firstPage } from './wants.ts';
import type { FirstPage } from '#shared/room.ts';

/** Where the media of the others comes from. */
export type Receiving = Pick<
	Receiver,
	'stream' | 'keepOnly' | 'add' | 'reconcile' | 'expect' | 'arrive'
>;

type PeopleObserver = Pick<CallObserver, 'peers' | 'peer' | 'speaking'>;
type Joined = Data<'room:join'>;
/** As much of the answer to a join as is about others. */
type PeopleAnswer = Pick<Joined, 'peers' | 'consumers'> & { you: Pick<Joined['you'], 'peerId'> };

/**
 * The others: who they are, what is wanted and what is received of them. They outlive a stay on the
 * server: after a start over the new list takes the place of the old one.
 */
export class People implements ReceiverEvents {
	readonly #observer: PeopleObserver;
	readonly #roster = new Roster();
	readonly #wanting: Wanting;
	readonly #speakers: Speakers;
	#mode: VideoMode = 'full';
	#receiver: Receiving | null = null;
	/** Facts that came while the list that they belong to is on its way; null while none is. */
	#held: RosterFact[] | null = null;
	/** Counts what overtakes an answer that is being taken in. */
	#turn = 0;

	constructor(ask: Ask, observer: PeopleObserver) {
		this.#observer = observer;
		this.#speakers = new Speakers((speaking) => observer.speaking(speaking));
		this.#wanting = new Wanting(ask, {
			peers: () => this.#roster.peers,
			wanted: (wants) => this.#receiver?.keepOnly(wants),
			made: (consumers) => void this.#receiver?.add(consumers),
		});
	}

	/** Subscribes to all that is told of the others. */
	listen(signal: Pick<Link, 'on'>): void {
		signal.on('peer:joined', (told) => this.apply({ name: 'peer:joined', told }));
		signal.on('peer:updated', (told) => this.apply({ name: 'peer:updated', told }));
		signal.on('peer:connection', (told) => this.apply({ name: 'peer:connection', told }));
		signal.on('peer:left', (told) => this.apply({ name: 'peer:left', told }));
		signal.on('room:speakers', (told) => this.#speakers.apply(told));
		signal.on('media:ahead', ({ consumers }) => void this.#receiver?.expect(consumers));
		signal.on('producer:added', (told) => this.apply({ name: 'producer:added', told }));
		signal.on('producer:updated', (told) => this.apply({ name: 'producer:updated', told }));
		signal.on('producer:closed', (told) => this.apply({ name: 'producer:closed', told }));
	}

	/** A join is sent: until it is answered, facts wait. @returns what to ask for with it. */
	awaitList(present: number): FirstPage {
		this.#turn++;
		this.#held = [];
		this.#wanting.stop();
		return this.firstPage(present);
	}

	/** No list will come: the connection is lost. What is known of the others stays. */
	abandonList(): void {
		this.#turn++;
		this.#held = null;
		this.#speakers.clear();
		this.#wanting.stop();
	}

	/**
	 * Takes the answer to a join, first or repeated, for the truth, and facts that came meanwhile for
	 * newer or equal. The observer hears of it when media is on its way: showing people takes longer than
	 * connecting to them, and would hold it up.
	 *
	 * @returns false if the answer was overtaken by then.
	 */
	async accept(answer: PeopleAnswer, receiver: Receiving, page: FirstPage): Promise<boolean> {
		const turn = ++this.#turn;
		this.receiveBy(receiver);
		this.#roster.replace(answer.peers);
		const held = this.#held ?? [];
		this.#held = null;
		for (const fact of held) this.#roster.apply(fact);
		await receiver.reconcile(answer.consumers);
		if (turn !== this.#turn) return false;
		this.#tellAll();
		this.#speakers.enter(answer.you.peerId);
		this.#wanting.start(page);
		return true;
	}

	apply(fact: RosterFact): void {
		if (this.#held) {
			this.#held.push(fact);
			return;
		}
		const change = this.#roster.apply(fact);
		if (change.kind === 'nothing') return;
		if (fact.name === 'peer:joined')
			this.#receiver?.arrive(fact.told.peer.producers.map(({ producerId }) => producerId));
		if (fact.name === 'producer:updated') this.#receiver?.arrive([fact.told.producer.producerId]);
		if (change.kind === 'peer') this.changed(change.peerId);
		else {
			if (fact.name === 'peer:left') this.#wanting.forget(fact.told.peerId);
			this.#tellAll();
		}
		this.#wanting.refresh();
	}

	/** A peer's picture, or their share, is this large in this place now. */
	show(source: 'camera' | 'screen', peerId: PeerId, size: TileSize, place: Place = 'page'): void {
		this.#wanting.show(source, peerId, size, place);
	}

	/** How much video is wanted from now on. */
	setVideoMode(mode: VideoMode): void {
		this.#mode = mode;
		this.#wanting.setMode(mode);
		this.#tellAll();
	}

	/** What will be seen first, where so many others are present. */
	firstPage(present: number): FirstPage {
		const { innerWidth: width, innerHeight: height, devicePixelRatio: pixelRatio } = window;
		return firstPage({ width, height, pixelRatio }, present, this.#mode);
	}

	/** From now on their media comes from here. */
	receiveBy(receiver: Receiving): void {
		this.#receiver = receiver;
	}

	/** Nobody is here any more. */
	clear(): void {
		this.abandonList();
		this.#roster.replace([]);
		this.#tellAll();
	}

	close(): void {
		this.#wanting.close();
	}

	changed(peerId: PeerId): void {
		const peer = this.#roster.get(peerId);
		if (peer) this.#observer.peer(this.#view(peer));
	}

	known(producerId: ProducerId): boolean {
		return this.#roster.ownerOf(producerId) !== undefined;
	}

	expected(producerId: ProducerId): boolean {
		const owner = this.#roster.ownerOf(producerId);
		const info = owner?.producers.get(producerId);
		if (!owner?.connected || !info || info.paused) return false;
		return this.#wanting.isVisible(info.source === 'screen' ? 'screen' : 'camera', owner.peerId);
	}

	/** What a producer of theirs carries. */
	sourceOf(producerId: ProducerId): MediaSource | undefined {
		return this.#roster.ownerOf(producerId)?.producers.get(producerId)?.source;
	}

	#tellAll(): void {
		this.#observer.peers(this.#roster.peers.map((peer) => this.#view(peer)));
	}

	#view({ producers, ...peer }: RosterPeer): RemotePeer {
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
			// What was seen last would stand still.
			video: cameraOn && this.#mode !== 'audio' ? stream(camera.producerId) : null,
			audio: stream(microphone?.producerId),
			share: stream(of('screen')?.producerId),
			shareAudio: stream(of('screen-audio')?.producerId),
		};
	}
}
