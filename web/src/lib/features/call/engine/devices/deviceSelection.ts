import { DeviceList } from './deviceList.ts';
import { anything, type DeviceRequest } from './deviceOpening.ts';
import type { DeviceKind, LocalDevice } from './localDevice.ts';
import type {
	AudioProcessing,
	ChoiceKind,
	DeviceChoices,
	DeviceLoss,
	DeviceMenu,
	DeviceProblem,
} from '../model.ts';
import {
	recallPreferences,
	rememberPreferences,
	type Preferences,
} from '#lib/preferences/preferences.ts';
import type { SuppressionState } from './suppression.ts';

export type DeviceSelectionEvents = {
	changed: (choices: DeviceChoices) => void;
	lost: (loss: DeviceLoss) => void;
};

/** Under which name each choice is kept. */
const keys = {
	microphone: 'microphoneId',
	camera: 'cameraId',
	speaker: 'speakerId',
} as const satisfies Record<ChoiceKind, keyof Preferences>;

/**
 * The devices that the person chose among those that exist. If a chosen device is absent, another replaces it until it
 * is back. Without a choice, no device in use is replaced.
 */
export class DeviceSelection {
	readonly #devices: Record<DeviceKind, LocalDevice>;
	readonly #events: DeviceSelectionEvents;
	readonly #list = new DeviceList(() => this.#onList());
	#chosen: Record<ChoiceKind, string | null>;
	#processing: AudioProcessing;
	/** How the stronger suppression does, which takes the place of the browser's. */
	#suppression: SuppressionState = 'off';
	#mutedHint: boolean;
	/** The chosen speaker as it was called when it was last there. */
	#speakerLabel: string | null = null;

	constructor(devices: Record<DeviceKind, LocalDevice>, events: DeviceSelectionEvents) {
		this.#devices = devices;
		this.#events = events;
		const kept = recallPreferences();
		const { microphoneId, cameraId, speakerId } = kept;
		this.#chosen = { microphone: microphoneId, camera: cameraId, speaker: speakerId };
		const { echoCancellation, noiseSuppression, autoGainControl } = kept;
		const { strongSuppression, musicMode } = kept;
		this.#processing = {
			...{ echoCancellation, noiseSuppression, autoGainControl },
			...{ strongSuppression, musicMode },
		};
		this.#mutedHint = kept.mutedHint;
		void devices.microphone.choose(this.#wish('microphone'));
		void devices.camera.choose(this.#wish('camera'));
	}

	/** Where sound is played: the chosen speaker if it is there, else empty. */
	get speakerId(): string {
		return this.#menu('speaker').active ?? '';
	}

	get processing(): AudioProcessing {
		return this.#processing;
	}

	get mutedHint(): boolean {
		return this.#mutedHint;
	}

	/** Follows which devices there are. */
	start(): void {
		this.#list.start();
		this.tell();
	}

	stop(): void {
		this.#list.stop();
	}

	/** A device was opened or closed: another one is in use, and labels may be known now. */
	onDevice(): void {
		this.#list.refresh();
		this.tell();
	}

	/**
	 * Takes this device from now on; null leaves it to the browser. Never rejects.
	 *
	 * @returns what keeps it from being used now.
	 */
	async choose(kind: ChoiceKind, deviceId: string | null): Promise<DeviceProblem | null> {
		this.#chosen = { ...this.#chosen, [kind]: deviceId };
		rememberPreferences({ [keys[kind]]: deviceId });
		this.#speakerLabel = this.#labelOf('speaker', this.#chosen.speaker);
		this.tell();
		return kind === 'speaker' ? null : this.#devices[kind].choose(this.#wish(kind));
	}

	/** Changes between the front and the rear camera, and remembers that as the choice. */
	async switchCamera(): Promise<DeviceProblem | null> {
		const camera = this.#devices.camera;
		const facing = camera.track?.getSettings().facingMode === 'user' ? 'environment' : 'user';
		const problem = await camera.choose({ deviceId: null, facing });
		const deviceId = camera.track?.getSettings().deviceId;
		if (problem === null && deviceId) {
			this.#chosen = { ...this.#chosen, camera: deviceId };
			rememberPreferences({ cameraId: deviceId });
		}
		this.tell();
		return problem;
	}

	/** Changes the processing of the voice. */
	async setProcessing(change: Partial<AudioProcessing>): Promise<void> {
		this.#processing = { ...this.#processing, ...change };
		rememberPreferences(this.#processing);
		this.tell();
		await this.#devices.microphone.choose(this.#wish('microphone'));
	}

	/** The stronger suppression works now, or does not: the browser's own stands in for it. */
	async setSuppression(state: SuppressionState): Promise<void> {
		this.#suppression = state;
		this.tell();
		await this.#devices.microphone.choose(this.#wish('microphone'));
	}

	setMutedHint(on: boolean): void {
		this.#mutedHint = on;
		rememberPreferences({ mutedHint: on });
		this.tell();
	}

	tell(): void {
		this.#events.changed({
			microphone: this.#menu('microphone'),
			camera: this.#menu('camera'),
			speaker: this.#menu('speaker'),
			canChooseSpeaker: 'setSinkId' in HTMLMediaElement.prototype,
			canSwitchCamera:
				this.#list.lists.camera.length > 1 &&
				this.#devices.camera.track?.getSettings().facingMode !== undefined,
			processing: this.#processing,
			suppressionFailed: this.#suppression === 'failed',
			mutedHint: this.#mutedHint,
		});
	}

	#wish(kind: DeviceKind): DeviceRequest {
		const deviceId = this.#chosen[kind];
		if (kind === 'microphone') {
			const { echoCancellation, autoGainControl, noiseSuppression, musicMode } = this.#processing;
			if (musicMode) return { deviceId, processing: 'music' };
			const own = noiseSuppression && this.#suppression !== 'on';
			const processing = { echoCancellation, autoGainControl, noiseSuppression: own };
			return { deviceId, processing };
		}
		return deviceId === null ? anything : { deviceId };
	}

	#menu(kind: ChoiceKind): DeviceMenu {
		const options = this.#list.lists[kind];
		const chosen = this.#chosen[kind];
		const active =
			kind === 'speaker'
				? (options.find(({ deviceId }) => deviceId === chosen)?.deviceId ?? null)
				: (this.#devices[kind].track?.getSettings().deviceId ?? null);
		return { options, chosen, active };
	}

	#labelOf(kind: ChoiceKind, deviceId: string | null): string | null {
		return this.#list.lists[kind].find((option) => option.deviceId === deviceId)?.label ?? null;
	}

	#onList(): void {
		for (const kind of ['microphone', 'camera'] as const) {
			const { chosen, active, options } = this.#menu(kind);
			const isBack = options.some(({ deviceId }) => deviceId === chosen);
			if (active !== null && active !== chosen && isBack) {
				void this.#devices[kind].choose({ ...this.#wish(kind) });
			}
		}
		const before = this.#speakerLabel;
		this.#speakerLabel = this.#labelOf('speaker', this.#chosen.speaker);
		if (before !== null && this.#speakerLabel === null) {
			const [first] = this.#list.lists.speaker;
			this.#events.lost({ kind: 'speaker', from: before, to: first?.label ?? null });
		}
		this.tell();
	}
}
