import { joined, type Bytes } from './bytes.ts';
import { clearBytes, ivOf, lastStep, saltLength, writeTrailer } from './frameFormat.ts';
import { firstStep, nextStep, type Step } from './frameKeys.ts';

type Key = { salt: Bytes; epoch: number; number: number; step: Step };

/** Seals the frames of one producer, by keys that no other producer has. */
export class FrameSealer {
	readonly #source: string;
	readonly #kind: 'audio' | 'video';
	#media: { epoch: number; key: CryptoKey };
	#key: Promise<Key>;
	#counter = 0;

	/** @param source the id of the producer. */
	constructor(source: string, kind: 'audio' | 'video', epoch: number, media: CryptoKey) {
		this.#source = source;
		this.#kind = kind;
		this.#media = { epoch, key: media };
		this.#key = this.#begin();
	}

	/** The room has a new secret. */
	setEpoch(epoch: number, key: CryptoKey): void {
		this.#media = { epoch, key };
		this.#key = this.#begin();
	}

	/** Goes on with the next key, and forgets this one. */
	advance(): void {
		this.#key = this.#key.then(async (key) =>
			key.number === lastStep
				? this.#begin()
				: { ...key, number: key.number + 1, step: await nextStep(key.step) },
		);
	}

	async seal(frame: Bytes): Promise<Bytes> {
		const { salt, epoch, number, step } = await this.#key;
		const clear = clearBytes(this.#kind, frame);
		const counter = this.#counter++;
		const trailer = writeTrailer({ salt, counter, epoch, step: number, clear });
		const head = frame.slice(0, clear);
		const algorithm = {
			...{ name: 'AES-GCM', iv: ivOf(counter), additionalData: joined(head, trailer) },
		};
		const sealed = await crypto.subtle.encrypt(algorithm, step.frames, frame.slice(clear));
		return joined(head, new Uint8Array(sealed), trailer);
	}

	async #begin(): Promise<Key> {
		const { epoch, key } = this.#media;
		const salt = crypto.getRandomValues(new Uint8Array(saltLength));
		return { salt, epoch, number: 0, step: await firstStep(key, salt, this.#source) };
	}
}
