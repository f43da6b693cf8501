import type {
	AudioProcessing,
	ChoiceKind,
	DeviceChoices,
	DeviceLoss,
	DeviceMenu,
	DeviceProblem,
	VideoMode,
} from '../engine/model.ts';
import type { OwnDevices } from '../engine/devices/ownDevices.ts';
import { recallPreferences } from '#lib/preferences/preferences.ts';
import type { DevicesView } from './view.ts';

const noMenu: DeviceMenu = { options: [], chosen: null, active: null };

/** The person's devices as reactive state. */
export class DevicesState implements DevicesView {
	/** The engine's, which is made after this. */
	readonly #devices: () => OwnDevices;
	#choices = $state.raw<DeviceChoices>({
		microphone: noMenu,
		camera: noMenu,
		speaker: noMenu,
		canChooseSpeaker: false,
		canSwitchCamera: false,
		processing: {
			echoCancellation: true,
			noiseSuppression: true,
			autoGainControl: true,
			strongSuppression: false,
			musicMode: false,
		},
		suppressionFailed: false,
		mutedHint: true,
	});
	#lost = $state.raw<DeviceLoss | null>(null);
	#speakingWhileMuted = $state(false);
	#systemMuted = $state(false);
	#videoMode = $state<VideoMode>(recallPreferences().videoMode);

	constructor(devices: () => OwnDevices) {
		this.#devices = devices;
	}

	get microphone(): DeviceMenu {
		return this.#choices.microphone;
	}
	get camera(): DeviceMenu {
		return this.#choices.camera;
	}
	get speaker(): DeviceMenu {
		return this.#choices.speaker;
	}
	get canChooseSpeaker(): boolean {
		return this.#choices.canChooseSpeaker;
	}
	get canSwitchCamera(): boolean {
		return this.#choices.canSwitchCamera;
	}
	get processing(): AudioProcessing {
		return this.#choices.processing;
	}
	get suppressionFailed(): boolean {
		return this.#choices.suppressionFailed;
	}
	get mutedHint(): boolean {
		return this.#choices.mutedHint;
	}
	get lost(): DeviceLoss | null {
		return this.#lost;
	}
	get speakingWhileMuted(): boolean {
		return this.#speakingWhileMuted;
	}
	get systemMuted(): boolean {
		return this.#systemMuted;
	}
	get videoMode(): VideoMode {
		return this.#videoMode;
	}
	get sinkId(): string {
		return this.#choices.speaker.active ?? '';
	}

	choose(kind: ChoiceKind, deviceId: string | null): Promise<DeviceProblem | null> {
		return this.#devices().selection.choose(kind, deviceId);
	}

	switchCamera(): Promise<DeviceProblem | null> {
		return this.#devices().selection.switchCamera();
	}

	setProcessing(change: Partial<AudioProcessing>): Promise<void> {
		return this.#devices().setProcessing(change);
	}

	setMutedHint(on: boolean): void {
		this.#devices().setMutedHint(on);
	}

	setVideoMode(mode: VideoMode): void {
		this.#devices().setVideoMode(mode);
	}

	playTestSound(): void {
		this.#devices().playTestSound();
	}

	/** Takes over the devices that the engine reports. */
	update(choices: DeviceChoices): void {
		this.#choices = choices;
	}

	onVideoMode(mode: VideoMode): void {
		this.#videoMode = mode;
	}

	onLost(loss: DeviceLoss): void {
		this.#lost = loss;
	}

	onSpeakingWhileMuted(speaking: boolean): void {
		this.#speakingWhileMuted = speaking;
	}

	onSystemMuted(muted: boolean): void {
		this.#systemMuted = muted;
	}
}
