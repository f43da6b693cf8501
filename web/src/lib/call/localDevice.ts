import { problemOf } from './deviceProblem.ts';
import { cameraSize } from './encodings.ts';
import type { DeviceProblem, DeviceState } from './model.ts';

export type DeviceKind = 'microphone' | 'camera';

const constraints: Record<DeviceKind, MediaStreamConstraints> = {
	microphone: {
		audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
	},
	camera: {
		video: {
			width: { ideal: cameraSize.width },
			height: { ideal: cameraSize.height },
			frameRate: { ideal: 30 },
			facingMode: 'user',
		},
	},
};

/**
 * The own microphone or camera. Turning it on and off may race: the last word counts. A camera that is
 * off is let go, so that its light goes out; a microphone is kept and made silent, so that it is back
 * with the first syllable.
 */
export class LocalDevice {
	readonly #kind: DeviceKind;
	readonly #changed: () => void;
	#state: DeviceState = { kind: 'off' };
	#track: MediaStreamTrack | null = null;
	#wanted = false;
	#opening: Promise<void> | null = null;
	#closed = false;

	/** @param changed Called whenever the state or the track is another. */
	constructor(kind: DeviceKind, changed: () => void) {
		this.#kind = kind;
		this.#changed = changed;
	}

	get state(): DeviceState {
		return this.#state;
	}

	/** The live track: of a microphone also while it is off, and then silent. */
	get track(): MediaStreamTrack | null {
		return this.#track;
	}

	/** Turns it on or off. Resolves when that is settled; problems show as state. Never rejects. */
	async set(on: boolean): Promise<void> {
		if (this.#closed) return;
		this.#wanted = on;
		if (!on) return this.#turnOff();
		if (this.#track) {
			this.#track.enabled = true;
			this.#tell({ kind: 'on' });
			return;
		}
		this.#tell({ kind: 'starting' });
		this.#opening ??= this.#open().finally(() => (this.#opening = null));
		await this.#opening;
	}

	/** Lets the device go, whatever it is doing. It may be turned on again. */
	release(): void {
		this.#wanted = false;
		this.#dropTrack();
		this.#tell({ kind: 'off' });
	}

	close(): void {
		if (this.#closed) return;
		this.release();
		this.#closed = true;
	}

	#turnOff(): void {
		if (this.#kind === 'camera') this.#dropTrack();
		else if (this.#track) this.#track.enabled = false;
		this.#tell({ kind: 'off' });
	}

	async #open(): Promise<void> {
		let track: MediaStreamTrack | undefined;
		try {
			// The types promise it, but pages that are not secure have none.
			const devices: MediaDevices | undefined = navigator.mediaDevices;
			if (!devices) return this.#fail('insecure');
			[track] = (await devices.getUserMedia(constraints[this.#kind])).getTracks();
		} catch (error) {
			return this.#fail(problemOf(error));
		}
		if (!track || this.#closed || !this.#wanted) {
			track?.stop();
			return;
		}
		track.contentHint = this.#kind === 'camera' ? 'motion' : 'speech';
		track.addEventListener('ended', this.#onEnded);
		this.#track = track;
		this.#tell({ kind: 'on' });
	}

	/** The device went away by itself: unplugged, taken, or forbidden while it ran. */
	readonly #onEnded = (): void => {
		const wanted = this.#wanted;
		this.#dropTrack();
		if (wanted) void this.#findOutWhy();
		else this.#changed();
	};

	async #findOutWhy(): Promise<void> {
		this.#fail('busy');
		const kind = this.#kind === 'camera' ? 'videoinput' : 'audioinput';
		const left = await navigator.mediaDevices.enumerateDevices().catch(() => []);
		if (this.#state.kind === 'problem' && !left.some((device) => device.kind === kind)) {
			this.#fail('absent');
		}
	}

	#dropTrack(): void {
		this.#track?.removeEventListener('ended', this.#onEnded);
		this.#track?.stop();
		this.#track = null;
	}

	#fail(problem: DeviceProblem): void {
		if (this.#wanted) this.#tell({ kind: 'problem', problem });
	}

	#tell(state: DeviceState): void {
		if (this.#closed) return;
		this.#state = state;
		this.#changed();
	}
}
