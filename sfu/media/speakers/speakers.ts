import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { Producer, Router } from 'mediasoup/types';
import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { Speakers as SpeakersState } from '#shared/room.ts';
import type { PeerMedia } from '../peer/peerMedia.ts';
import { activeSpeaker, type Dominant } from './activeSpeaker.ts';
import { chooseAudible, isSpeaking, speakingFor, type Voice } from './audible.ts';
import { RouterObservers } from './routerObservers.ts';

type SpeakersEvents = {
	/** The speaking peers or the active speaker changed (ROOM-10). */
	changed: [SpeakersState];
	/** The set of microphones that are not heard changed (ROOM-11). */
	silent: [ReadonlySet<ProducerId>];
};

/** The least time between two facts, in ms. */
const updateInterval = 250;

type Microphone = Voice & { peerId: PeerId; producer: Producer; observers: RouterObservers };

/** The observers of one router, and the microphone that dominates there. */
type Observed = { observers: RouterObservers; dominant: ProducerId | null };

/** Which peers of a room speak, and which microphones are heard, on whichever routers of the room they are. */
export class Speakers extends EventEmitter<SpeakersEvents> {
	readonly #limit: number;
	/** By router. */
	readonly #observed = new Map<string, Observed>();
	readonly #open = new Map<ProducerId, Microphone>();
	#audible: ReadonlySet<ProducerId> = new Set();
	#silent: ReadonlySet<ProducerId> = new Set();
	#active: PeerId | null = null;
	/** The router on which the active speaker dominates. */
	#activeRouter: string | null = null;
	#state: SpeakersState = { speaking: [], active: null };
	#sentAt = 0;
	#timer: NodeJS.Timeout | null = null;
	#closed = false;

	/** @param limit how many are heard at a time; 0 for all. */
	constructor(limit: number) {
		super();
		this.#limit = limit;
	}

	/** Observes a router of the room. Microphones can be opened there from now on. */
	async addRouter(router: Router): Promise<void> {
		const observers = await RouterObservers.create(router, {
			loud: (producerIds) => this.#loud(producerIds),
			dominates: (producerId) => {
				const observed = this.#observed.get(router.id);
				if (observed) observed.dominant = producerId;
				this.#refresh();
			},
		});
		if (this.#closed) observers.close();
		else this.#observed.set(router.id, { observers, dominant: null });
	}

	/** A router of the room closes. Its microphones have ended. */
	removeRouter({ id }: Router): void {
		this.#observed.get(id)?.observers.close();
		this.#observed.delete(id);
	}

	/** The open microphones that are not heard now. */
	get silent(): ReadonlySet<ProducerId> {
		return this.#silent;
	}

	/** The state of the last `changed` event. */
	get state(): SpeakersState {
		return this.#state;
	}

	/** Listens to the microphone of a peer while it is open. */
	async follow({ peerId, producers, home }: PeerMedia): Promise<void> {
		const { microphone, infos } = producers;
		if (!microphone) return;
		const info = infos.find(({ producerId }) => producerId === microphone.id);
		if (info?.paused) await this.shut(info.producerId);
		else await this.open(peerId, microphone, home.router);
	}

	/** A microphone was opened on this router. */
	async open(peerId: PeerId, producer: Producer, router: Router): Promise<void> {
		const producerId = producer.id as ProducerId;
		const observers = this.#observed.get(router.id)?.observers;
		if (!observers || this.#open.has(producerId)) return;
		this.#open.set(producerId, { producerId, peerId, producer, observers, loudAt: null });
		this.#choose();
		await observers.add(producer);
	}

	/** A microphone was muted or closed. */
	async shut(producerId: ProducerId): Promise<void> {
		const microphone = this.#open.get(producerId);
		if (!this.#open.delete(producerId) || !microphone) return;
		for (const observed of this.#observed.values())
			if (observed.dominant === producerId) observed.dominant = null;
		this.#choose();
		this.#refresh();
		await microphone.observers.remove(microphone.producer);
	}

	/** A peer left: it is not the active speaker any more. */
	forget(peerId: PeerId): void {
		if (this.#active !== peerId) return;
		this.#active = null;
		this.#refresh();
	}

	close(): void {
		this.#closed = true;
		if (this.#timer) clearTimeout(this.#timer);
		for (const { observers } of this.#observed.values()) observers.close();
		this.#observed.clear();
		this.removeAllListeners();
	}

	#loud(producerIds: readonly ProducerId[]): void {
		const now = Date.now();
		let unheard = false;
		for (const producerId of producerIds) {
			const microphone = this.#open.get(producerId);
			if (!microphone) continue;
			microphone.loudAt = now;
			unheard ||= !this.#audible.has(producerId);
		}
		if (unheard) this.#choose();
		this.#refresh();
	}

	#choose(): void {
		const voices = [...this.#open.values()];
		this.#audible = chooseAudible(voices, this.#audible, this.#limit, Date.now());
		const unheard = [...this.#open.values()].filter((one) => !this.#audible.has(one.producerId));
		const silent = new Set(unheard.map(({ producerId }) => producerId));
		if (isDeepStrictEqual(silent, this.#silent)) return;
		this.#silent = silent;
		for (const { observers } of this.#observed.values()) {
			const own = unheard.filter((one) => one.observers === observers);
			observers.listenTo(own.map(({ producer }) => producer));
		}
		this.emit('silent', silent);
	}

	readonly #refresh = (): void => {
		if (this.#closed) return;
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
		const now = Date.now();
		const early = this.#sentAt + updateInterval - now;
		if (early > 0) {
			this.#scheduleUpdate(early);
			return;
		}
		const voices = [...this.#open.values()];
		const speaking = voices.filter((voice) => isSpeaking(voice, now));
		const people = [...new Set(speaking.map(({ peerId }) => peerId))].sort();
		const active = activeSpeaker(this.#dominants, this.#activeRouter, now);
		if (active) {
			this.#active = active.peerId;
			this.#activeRouter = active.router;
		}
		const state = { speaking: people, active: this.#active };
		if (!isDeepStrictEqual(state, this.#state)) {
			this.#state = state;
			this.#sentAt = now;
			this.emit('changed', state);
		}
		// Falling silent makes no event.
		if (people.length > 0) this.#scheduleUpdate(speakingFor);
	};

	/** Of each router. The observers also name a producer that has been silent all the time. */
	get #dominants(): Map<string, Dominant> {
		const dominants = new Map<string, Dominant>();
		for (const [router, { dominant }] of this.#observed) {
			const microphone = dominant && this.#open.get(dominant);
			if (microphone) dominants.set(router, microphone);
		}
		return dominants;
	}

	#scheduleUpdate(wait: number): void {
		this.#timer = setTimeout(this.#refresh, wait);
	}
}
