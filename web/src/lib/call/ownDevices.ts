import { LocalAudio } from './localAudio.ts';
import { LocalDevice, type DeviceKind } from './localDevice.ts';
import type { CallObserver } from './model.ts';
import { recallPreferences, rememberPreferences } from './preferences.ts';
import type { Sender } from './sender.ts';

/** The person's own microphone and camera: what they show of them, and what is sent of them. */
export class OwnDevices {
	readonly audio = new LocalAudio();
	readonly #observer: CallObserver;
	readonly #microphone: LocalDevice;
	readonly #camera: LocalDevice;
	#sender: Sender | null = null;
	#preview: MediaStream | null = null;
	#metered: MediaStreamTrack | null = null;
	#endMeter: (() => void) | null = null;
	#closed = false;

	constructor(observer: CallObserver) {
		this.#observer = observer;
		this.#microphone = new LocalDevice('microphone', () => this.#onMicrophone());
		this.#camera = new LocalDevice('camera', () => this.#onCamera());
	}

	/** Turns on what was on last time. */
	start(): void {
		const { microphone, camera } = recallPreferences();
		void this.#microphone.set(microphone);
		void this.#camera.set(camera);
	}

	/** Turns one on or off, and remembers it. */
	async set(kind: DeviceKind, on: boolean): Promise<void> {
		rememberPreferences({ [kind]: on });
		await (kind === 'camera' ? this.#camera : this.#microphone).set(on);
	}

	/** From now on this sender carries the devices. */
	attach(sender: Sender): void {
		this.#sender = sender;
		this.#feed();
	}

	/** Lets both devices go: the lights go out. */
	release(): void {
		this.#sender = null;
		this.#microphone.release();
		this.#camera.release();
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.release();
		this.#microphone.close();
		this.#camera.close();
		this.audio.close();
	}

	#onMicrophone(): void {
		this.#feed();
		this.#meter();
		this.#observer.microphone(this.#microphone.state);
	}

	#onCamera(): void {
		this.#feed();
		const { state, track } = this.#camera;
		const shown = this.#preview?.getVideoTracks()[0] ?? null;
		if (shown !== track) {
			this.#preview = track && new MediaStream([track]);
			this.#observer.preview(this.#preview);
		}
		this.#observer.camera(state);
	}

	#feed(): void {
		for (const [source, { state, track }] of [
			['microphone', this.#microphone],
			['camera', this.#camera],
		] as const) {
			this.#sender?.feed(source, { track, paused: state.kind !== 'on' });
		}
	}

	/** Measures the microphone while it is on. */
	#meter(): void {
		const { state, track } = this.#microphone;
		const metered = state.kind === 'on' ? track : null;
		if (metered === this.#metered) return;
		this.#metered = metered;
		this.#endMeter?.();
		this.#endMeter = null;
		this.#observer.level(0);
		if (metered) {
			this.#endMeter = this.audio.meter(metered, (level) => this.#observer.level(level));
		}
	}
}
