import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { ActiveSpeakerObserver, AudioLevelObserver, Producer, Router } from 'mediasoup/types';
import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { Speakers as SpeakersState } from '#shared/room.ts';
import { chooseAudible, isSpeaking, loudFrom, speakingFor, type Voice } from './audible.ts';
import { VoiceActivity } from './voiceActivity.ts';

type SpeakersEvents = {
	/** The speaking peers or the active speaker changed (ROOM-10). */
	changed: [SpeakersState];
	/** The set of microphones that are not heard changed (ROOM-11). */
	silent: [ReadonlySet<ProducerId>];
};

/** How often levels are measured, in ms. A shorter interval has too few packets for a level. */
const interval = 300;
/** The least time between two facts, in ms. */
const pace = 250;

type Microphone = Voice & { peerId: PeerId; producer: Producer };

/** Which peers of a room speak, and which microphones are heard. */
export class Speakers extends EventEmitter<SpeakersEvents> {
	readonly #levels: AudioLevelObserver;
	readonly #dominance: ActiveSpeakerObserver;
	readonly #voiceActivity: VoiceActivity;
	readonly #limit: number;
	readonly #open = new Map<ProducerId, Microphone>();
	#dominant: ProducerId | null = null;
	#heard: ReadonlySet<ProducerId> = new Set();
	#silent: ReadonlySet<ProducerId> = new Set();
	#active: PeerId | null = null;
	#state: SpeakersState = { speaking: [], active: null };
	#sentAt = 0;
	#timer: NodeJS.Timeout | null = null;
	#closed = false;

	private constructor(
		router: Router,
		levels: AudioLevelObserver,
		dominance: ActiveSpeakerObserver,
		limit: number,
	) {
		super();
		this.#levels = levels;
		this.#dominance = dominance;
		this.#limit = limit;
		this.#voiceActivity = new VoiceActivity(router, (producerId) => this.#loud([producerId]));
		levels.on('volumes', (volumes) =>
			this.#loud(volumes.map(({ producer }) => producer.id as ProducerId)),
		);
		dominance.on('dominantspeaker', ({ producer }) => {
			this.#dominant = producer.id as ProducerId;
			this.#refresh();
		});
	}

	/** @param limit how many are heard at a time; 0 for all. */
	static async create(router: Router, limit: number): Promise<Speakers> {
		const [levels, dominance] = await Promise.all([
			router.createAudioLevelObserver({ maxEntries: 1000, threshold: loudFrom, interval }),
			router.createActiveSpeakerObserver({ interval }),
		]);
		return new Speakers(router, levels, dominance, limit);
	}

	/** The open microphones that are not heard now. */
	get silent(): ReadonlySet<ProducerId> {
		return this.#silent;
	}

	/** The state of the last `changed` event. */
	get state(): SpeakersState {
		return this.#state;
	}

	/** A microphone was opened. */
	async open(peerId: PeerId, producer: Producer): Promise<void> {
		const producerId = producer.id as ProducerId;
		if (this.#closed || this.#open.has(producerId)) return;
		this.#open.set(producerId, { producerId, peerId, producer, loudAt: null });
		this.#choose();
		const watched = { producerId };
		try {
			await Promise.all([this.#levels.addProducer(watched), this.#dominance.addProducer(watched)]);
		} catch (error) {
			if (!producer.closed && !this.#closed) throw error;
		}
	}

	/** A microphone was muted or closed. */
	async shut(producerId: ProducerId): Promise<void> {
		const microphone = this.#open.get(producerId);
		if (!this.#open.delete(producerId) || !microphone) return;
		if (this.#dominant === producerId) this.#dominant = null;
		this.#choose();
		this.#refresh();
		// The observers forget by themselves what is closed.
		if (microphone.producer.closed || this.#closed) return;
		const watched = { producerId };
		try {
			await Promise.all([
				this.#levels.removeProducer(watched),
				this.#dominance.removeProducer(watched),
			]);
		} catch (error) {
			if (!microphone.producer.closed && !this.#closed) throw error;
		}
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
		this.#voiceActivity.close();
		this.#levels.close();
		this.#dominance.close();
		this.removeAllListeners();
	}

	#loud(producerIds: readonly ProducerId[]): void {
		const now = Date.now();
		let unheard = false;
		for (const producerId of producerIds) {
			const microphone = this.#open.get(producerId);
			if (!microphone) continue;
			microphone.loudAt = now;
			unheard ||= !this.#heard.has(producerId);
		}
		if (unheard) this.#choose();
		this.#refresh();
	}

	#choose(): void {
		const voices = [...this.#open.values()];
		this.#heard = chooseAudible(voices, this.#heard, this.#limit, Date.now());
		const unheard = [...this.#open.values()].filter((one) => !this.#heard.has(one.producerId));
		const silent = new Set(unheard.map(({ producerId }) => producerId));
		if (isDeepStrictEqual(silent, this.#silent)) return;
		this.#silent = silent;
		this.#voiceActivity.listenTo(unheard.map(({ producer }) => producer));
		this.emit('silent', silent);
	}

	readonly #refresh = (): void => {
		if (this.#closed) return;
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
		const now = Date.now();
		const early = this.#sentAt + pace - now;
		if (early > 0) {
			this.#again(early);
			return;
		}
		const voices = [...this.#open.values()];
		const speaking = voices.filter((voice) => isSpeaking(voice, now));
		const people = [...new Set(speaking.map(({ peerId }) => peerId))].sort();
		const dominant = this.#dominant && this.#open.get(this.#dominant);
		// The observer also names a producer that has been silent all the time.
		if (dominant && dominant.loudAt !== null) this.#active = dominant.peerId;
		const state = { speaking: people, active: this.#active };
		if (!isDeepStrictEqual(state, this.#state)) {
			this.#state = state;
			this.#sentAt = now;
			this.emit('changed', state);
		}
		// Falling silent makes no event.
		if (people.length > 0) this.#again(speakingFor);
	};

	#again(wait: number): void {
		this.#timer = setTimeout(this.#refresh, wait);
	}
}
