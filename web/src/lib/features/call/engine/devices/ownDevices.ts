import { ifPossible } from '#lib/browser/ifPossible.ts';
import { fitCamera } from './cameraFit.ts';
import { DeviceSelection } from './deviceSelection.ts';
import { isOn } from './isOn.ts';
import { LocalAudio } from './localAudio.ts';
import { LocalDevice, type DeviceKind } from './localDevice.ts';
import type { AudioProcessing, CallObserver, VideoMode } from '../model.ts';
import { MutedSpeech } from './mutedSpeech.ts';
import { pictureSize } from '../media/ownProducer.ts';
import { recallPreferences, rememberPreferences } from '#lib/preferences/preferences.ts';
import type { Sender } from '../media/sender.ts';
import { Suppression } from './suppression.ts';
import { SystemMute } from './systemMute.ts';

type DevicesObserver = Pick<
	CallObserver,
	| 'microphone'
	| 'camera'
	| 'preview'
	| 'level'
	| 'devices'
	| 'deviceLost'
	| 'speakingWhileMuted'
	| 'systemMuted'
	| 'videoMode'
>;

/** The person's own microphone and camera: their states and previews, and the tracks that are sent. */
export class OwnDevices {
	readonly audio = new LocalAudio();
	/** Which devices they are. */
	readonly selection: DeviceSelection;
	readonly #observer: DevicesObserver;
	readonly #microphone: LocalDevice;
	readonly #camera: LocalDevice;
	readonly #mutedSpeech: MutedSpeech;
	readonly #systemMute: SystemMute;
	readonly #suppression = new Suppression(() => this.#onSuppression());
	#sender: Sender | null = null;
	#preview: MediaStream | null = null;
	#metered: MediaStreamTrack | null = null;
	#endMeter: (() => void) | null = null;
	#videoMode = recallPreferences().videoMode;
	readonly #wanted: (mode: VideoMode) => void;
	/** Whether the camera was on when video was given up. */
	#cameraWaits = false;
	#closed = false;

	/** @param wanted Hears how much video is wanted, whenever that changes. */
	constructor(observer: DevicesObserver, wanted: (mode: VideoMode) => void = () => undefined) {
		this.#observer = observer;
		this.#wanted = wanted;
		this.#microphone = new LocalDevice('microphone', {
			changed: () => this.#onMicrophone(),
			lost: (from, to) => observer.deviceLost({ kind: 'microphone', from, to }),
		});
		this.#camera = new LocalDevice('camera', {
			changed: () => this.#onCamera(),
			lost: (from, to) => observer.deviceLost({ kind: 'camera', from, to }),
		});
		this.#mutedSpeech = new MutedSpeech(this.audio, (speaking) =>
			observer.speakingWhileMuted(speaking),
		);
		this.#systemMute = new SystemMute((muted) => observer.systemMuted(muted));
		this.selection = new DeviceSelection(
			{ microphone: this.#microphone, camera: this.#camera },
			{
				changed: (choices) => observer.devices(choices),
				lost: (loss) => observer.deviceLost(loss),
			},
		);
	}

	/** Turns on the devices that were on last time, or the given ones. */
	start({ microphone, camera }: Record<DeviceKind, boolean> = recallPreferences()): void {
		this.selection.start();
		this.#process();
		void this.#microphone.set(microphone);
		void this.#camera.set(camera && this.#videoMode !== 'audio');
	}

	/** Turns one on or off, and remembers it. */
	async set(kind: DeviceKind, on: boolean): Promise<void> {
		if (kind === 'camera') this.#cameraWaits = false;
		if (kind === 'camera' && on && this.#videoMode === 'audio') this.setVideoMode('full');
		const done = (kind === 'camera' ? this.#camera : this.#microphone).set(on);
		rememberPreferences({ [kind]: on });
		await done;
	}

	/** A host turned it off: that is no wish of the person's, to be remembered. */
	async turnOff(kind: DeviceKind): Promise<void> {
		await (kind === 'camera' ? this.#camera : this.#microphone).set(false);
	}

	/** Which devices are on, or about to be. */
	get on(): Record<DeviceKind, boolean> {
		return { microphone: isOn(this.#microphone.state), camera: isOn(this.#camera.state) };
	}

	/** How much video the person wants. */
	get videoMode(): VideoMode {
		return this.#videoMode;
	}

	/** Turns video off or on again, with the person's camera if that was on before. Remembers the mode. */
	setVideoMode(mode: VideoMode): void {
		if (mode === this.#videoMode) return;
		this.#videoMode = mode;
		rememberPreferences({ videoMode: mode });
		this.#observer.videoMode(mode);
		this.#wanted(mode);
		const { kind } = this.#camera.state;
		const waits = this.#cameraWaits;
		this.#cameraWaits = mode === 'audio' && (kind === 'on' || kind === 'starting');
		if (mode === 'audio') void this.#camera.set(false);
		else if (waits) void this.#camera.set(true);
		else void this.#fit();
	}

	/** Changes the processing of the voice before it is sent. */
	async setProcessing(change: Partial<AudioProcessing>): Promise<void> {
		const done = this.selection.setProcessing(change);
		this.#process();
		await done;
	}

	/** Applies the processing that is beyond what the browser does when it opens the microphone. */
	#process(): void {
		const { strongSuppression, musicMode } = this.selection.processing;
		this.#suppression.set(strongSuppression && !musicMode);
		this.#sender?.setMusic(musicMode);
	}

	/** Whether to tell the person when they speak while they are muted. */
	setMutedHint(on: boolean): void {
		this.selection.setMutedHint(on);
		this.#listenMuted();
	}

	/** Plays two soft notes on the chosen speaker. */
	playTestSound(): void {
		this.audio.playTestSound(this.selection.speakerId);
	}

	/** From now on this sender carries the devices. */
	attach(sender: Sender): void {
		this.#sender = sender;
		sender.setMusic(this.selection.processing.musicMode);
		void this.#feed('microphone', this.#microphone);
		void this.#feed('camera', this.#camera);
	}

	/** Lets both devices go: the lights go out. */
	release(): void {
		this.#sender = null;
		this.#microphone.release();
		this.#camera.release();
		this.#cameraWaits = false;
		this.selection.stop();
		this.#suppression.set(false);
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.release();
		this.#suppression.close();
		this.#microphone.close();
		this.#camera.close();
		this.audio.close();
	}

	async #onMicrophone(): Promise<void> {
		const carried = this.#feed('microphone', this.#microphone);
		this.#observer.microphone(this.#microphone.state);
		ifPossible(() => this.selection.onDevice());
		ifPossible(() => this.#meter());
		ifPossible(() => this.#listenMuted());
		await carried;
	}

	async #onCamera(): Promise<void> {
		const carried = this.#fit();
		const { state, track } = this.#camera;
		const shown = this.#preview?.getVideoTracks()[0] ?? null;
		if (shown !== track) {
			this.#preview = track && new MediaStream([track]);
			this.#observer.preview(this.#preview);
		}
		this.#observer.camera(state);
		ifPossible(() => this.selection.onDevice());
		await carried;
	}

	/** The browser suppresses noise where the stronger way does not, and another track is sent. */
	#onSuppression(): void {
		void this.selection.setSuppression(this.#suppression.state);
		void this.#feed('microphone', this.#microphone);
	}

	/** Sends the camera in the size that is wanted. */
	async #fit(): Promise<void> {
		const { track } = this.#camera;
		if (track) await fitCamera(track, this.#videoMode);
		const picture = pictureSize(track);
		if (picture) rememberPreferences({ picture });
		if (this.#camera.track === track) await this.#feed('camera', this.#camera);
	}

	/** Sends the track of the device. Resolves when it is sent, or the device knows that it could not be. */
	async #feed(source: DeviceKind, device: LocalDevice): Promise<void> {
		const { state, track: given } = device;
		const track = source === 'microphone' ? this.#suppression.through(given) : given;
		const failed = (): void => {
			if (track !== given) this.#suppression.fail();
			else if (given) device.unsent(given);
		};
		await this.#sender?.feed(source, { track, paused: state.kind !== 'on', failed });
	}

	/** Measures the microphone while it is on. */
	#meter(): void {
		const { state, track } = this.#microphone;
		const metered = state.kind === 'on' ? track : null;
		this.#systemMute.watch(metered);
		if (metered === this.#metered) return;
		this.#metered = metered;
		this.#endMeter?.();
		this.#endMeter = null;
		this.#observer.level(0);
		if (metered) {
			this.#endMeter = this.audio.meter(metered, (level) => this.#observer.level(level));
		}
	}

	/** Listens for speech while it is off, unless that is not wanted. */
	#listenMuted(): void {
		const { state, track } = this.#microphone;
		const listens = state.kind === 'off' && this.selection.mutedHint;
		this.#mutedSpeech.listen(listens ? track : null);
	}
}
