import type { ActiveSpeakerObserver, AudioLevelObserver, Producer, Router } from 'mediasoup/types';
import type { ProducerId } from '#shared/ids.ts';
import { loudFrom } from './audible.ts';
import { VoiceActivity } from './voiceActivity.ts';

/** How often levels are measured, in ms. A shorter interval has too few packets for a level. */
const interval = 300;

type SoundEvents = {
	/** These microphones are loud. */
	loud: (producerIds: readonly ProducerId[]) => void;
	/** This microphone dominates on the router from now on. */
	dominates: (producerId: ProducerId) => void;
};

/** Listens to the microphones on one router. */
export class RouterObservers {
	readonly #levels: AudioLevelObserver;
	readonly #dominance: ActiveSpeakerObserver;
	readonly #voiceActivity: VoiceActivity;
	#closed = false;

	private constructor(
		router: Router,
		levels: AudioLevelObserver,
		dominance: ActiveSpeakerObserver,
		{ loud, dominates }: SoundEvents,
	) {
		this.#levels = levels;
		this.#dominance = dominance;
		this.#voiceActivity = new VoiceActivity(router, (producerId) => loud([producerId]));
		levels.on('volumes', (volumes) => loud(volumes.map(({ producer }) => idOf(producer))));
		dominance.on('dominantspeaker', ({ producer }) => dominates(idOf(producer)));
	}

	static async create(router: Router, events: SoundEvents): Promise<RouterObservers> {
		const [levels, dominance] = await Promise.all([
			router.createAudioLevelObserver({ maxEntries: 1000, threshold: loudFrom, interval }),
			router.createActiveSpeakerObserver({ interval }),
		]);
		return new RouterObservers(router, levels, dominance, events);
	}

	/** Observes a microphone from now on. */
	async add(producer: Producer): Promise<void> {
		const watched = { producerId: producer.id };
		await this.#unlessClosed(producer, [
			this.#levels.addProducer(watched),
			this.#dominance.addProducer(watched),
		]);
	}

	/** The observers forget by themselves what is closed. */
	async remove(producer: Producer): Promise<void> {
		if (producer.closed || this.#closed) return;
		const watched = { producerId: producer.id };
		await this.#unlessClosed(producer, [
			this.#levels.removeProducer(watched),
			this.#dominance.removeProducer(watched),
		]);
	}

	/** These microphones of the router are not heard now: they are listened to packet by packet. */
	listenTo(unheard: readonly Producer[]): void {
		this.#voiceActivity.listenTo(unheard);
	}

	close(): void {
		this.#closed = true;
		this.#voiceActivity.close();
		this.#levels.close();
		this.#dominance.close();
	}

	async #unlessClosed(producer: Producer, tasks: Promise<void>[]): Promise<void> {
		try {
			await Promise.all(tasks);
		} catch (error) {
			if (!producer.closed && !this.#closed) throw error;
		}
	}
}

const idOf = (producer: Producer) => producer.id as ProducerId;
