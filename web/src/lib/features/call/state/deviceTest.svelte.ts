import { OwnDevices } from '../engine/devices/ownDevices.ts';
import type { DeviceState } from '../engine/model.ts';
import { DevicesState } from './devices.svelte.ts';
import type { CallView } from './view.ts';

/** The person's own devices as the settings show them: those of a call, or of a test without a call. */
export type OwnMedia = Pick<CallView, 'camera' | 'microphone' | 'preview' | 'level' | 'devices'>;

/** The person's devices outside of a call: lists them at once, and opens them for as long as they are tested. */
export class DeviceTest implements OwnMedia {
	#microphone = $state.raw<DeviceState>({ kind: 'off' });
	#camera = $state.raw<DeviceState>({ kind: 'off' });
	#preview = $state.raw<MediaStream | null>(null);
	#level = $state(0);
	readonly devices: DevicesState = new DevicesState(() => this.#own);
	readonly #own: OwnDevices = new OwnDevices({
		microphone: (state) => (this.#microphone = state),
		camera: (state) => (this.#camera = state),
		preview: (stream) => (this.#preview = stream),
		level: (level) => (this.#level = level),
		devices: (choices) => this.devices.update(choices),
		videoMode: (mode) => this.devices.onVideoMode(mode),
		deviceLost: (loss) => this.devices.onLost(loss),
		speakingWhileMuted: () => undefined,
		systemMuted: (muted) => this.devices.onSystemMuted(muted),
	});

	constructor() {
		this.#own.selection.start();
	}

	get microphone(): DeviceState {
		return this.#microphone;
	}
	get camera(): DeviceState {
		return this.#camera;
	}
	get preview(): MediaStream | null {
		return this.#preview;
	}
	get level(): number {
		return this.#level;
	}
	/** Whether a device is open, or about to be. */
	get runs(): boolean {
		return [this.#microphone, this.#camera].some(
			({ kind }) => kind === 'on' || kind === 'starting',
		);
	}

	/** Opens both devices; the browser may ask the person. */
	start(): void {
		this.#own.start({ microphone: true, camera: true });
	}

	/** Lets both devices go. */
	stop(): void {
		this.#own.release();
		this.#own.selection.start();
	}

	close(): void {
		this.#own.close();
	}
}
