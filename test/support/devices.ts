import { vi } from 'vitest';

type Kind = 'audioinput' | 'videoinput' | 'audiooutput';
export type FakeDevice = { kind: Kind; deviceId: string; label: string; facing?: string };

/** A live track of a fake device. */
export class FakeTrack extends EventTarget {
	enabled = true;
	readyState = 'live';
	contentHint = '';
	readonly kind: string;
	readonly label: string;
	readonly #settings: MediaTrackSettings;

	constructor(kind: string, label: string, settings: MediaTrackSettings = {}) {
		super();
		this.kind = kind;
		this.label = label;
		this.#settings = settings;
	}

	getSettings(): MediaTrackSettings {
		return this.#settings;
	}

	async applyConstraints(): Promise<void> {}

	clone(): FakeTrack {
		return new FakeTrack(this.kind, this.label, this.#settings);
	}

	stop(): void {
		this.readyState = 'ended';
	}

	/** It ends by itself, as when a device is unplugged. */
	end(): void {
		this.readyState = 'ended';
		this.dispatchEvent(new Event('ended'));
	}
}

type Constraints = Record<'audio' | 'video', MediaTrackConstraints | undefined>;

/** A browser whose devices can be plugged in and out. Puts itself in the place of `navigator`. */
export class FakeBrowser extends EventTarget {
	readonly opened: FakeTrack[] = [];
	readonly asked: Constraints[] = [];
	/** Devices that do not open now, and the name of the error. */
	readonly failing = new Map<string, string>();
	permission: PermissionState = 'granted';
	/** Phones open one camera at a time. */
	oneCamera = false;
	devices: FakeDevice[];

	constructor(...devices: FakeDevice[]) {
		super();
		this.devices = devices;
		vi.stubGlobal('navigator', {
			mediaDevices: this,
			permissions: { query: async () => ({ state: this.permission }) },
		});
		vi.stubGlobal(
			'HTMLMediaElement',
			class {
				setSinkId(): void {}
			},
		);
		const kept = new Map<string, string>();
		vi.stubGlobal('localStorage', {
			getItem: (key: string) => kept.get(key) ?? null,
			setItem: (key: string, value: string) => void kept.set(key, value),
		});
	}

	async enumerateDevices(): Promise<FakeDevice[]> {
		return this.devices;
	}

	async getUserMedia(constraints: Constraints): Promise<{ getTracks(): FakeTrack[] }> {
		this.asked.push(constraints);
		await Promise.resolve();
		const kind = constraints.video ? 'videoinput' : 'audioinput';
		const { deviceId, facingMode } = constraints.video ?? constraints.audio ?? {};
		const exact =
			typeof deviceId === 'object' && !Array.isArray(deviceId) ? deviceId.exact : undefined;
		const those = this.devices.filter((device) => device.kind === kind);
		if (those.length === 0) throw new DOMException('', 'NotFoundError');
		const device =
			exact === undefined
				? (those.find(({ facing }) => facing && facing === facingMode) ?? those[0])
				: those.find((candidate) => candidate.deviceId === exact);
		if (!device) throw new DOMException('', 'OverconstrainedError');
		const failure = this.failing.get(device.deviceId);
		if (failure) throw new DOMException('', failure);
		if (this.oneCamera && kind === 'videoinput' && this.live('video').length > 0)
			throw new DOMException('', 'NotReadableError');
		const { deviceId: id, label, facing } = device;
		const track = new FakeTrack(kind === 'videoinput' ? 'video' : 'audio', label, {
			deviceId: id,
			...(facing && { facingMode: facing }),
		});
		this.opened.push(track);
		return { getTracks: () => [track] };
	}

	/** Tracks that were not let go. */
	live(kind: string): FakeTrack[] {
		return this.opened.filter((track) => track.kind === kind && track.readyState === 'live');
	}

	plug(...devices: FakeDevice[]): void {
		this.devices = [...this.devices, ...devices];
		this.dispatchEvent(new Event('devicechange'));
	}

	/** Takes a device away: what runs on it ends. */
	unplug(deviceId: string): void {
		this.devices = this.devices.filter((device) => device.deviceId !== deviceId);
		for (const track of this.opened) {
			if (track.readyState === 'live' && track.getSettings().deviceId === deviceId) track.end();
		}
		this.dispatchEvent(new Event('devicechange'));
	}
}

const device =
	(kind: Kind) =>
	(deviceId: string, facing?: string): FakeDevice => ({
		kind,
		deviceId,
		label: `${deviceId} (label)`,
		...(facing && { facing }),
	});
export const microphone = device('audioinput');
export const camera = device('videoinput');
export const speaker = device('audiooutput');

/** Long enough for all that waits on promises only. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 1));
