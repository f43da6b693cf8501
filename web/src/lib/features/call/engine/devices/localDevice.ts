import { note } from '#lib/browser/diagnostics.ts';
import {
	anything,
	openDevice,
	openExactly,
	permissionFor,
	type DeviceKind,
	type DeviceRequest,
} from './deviceOpening.ts';
import { problemOf } from './deviceProblem.ts';
import type { DeviceProblem, DeviceState } from '../model.ts';

export type { DeviceKind } from './deviceOpening.ts';

export type LocalDeviceEvents = {
	/**
	 * The state or the track has changed. A track that was replaced is stopped when this settles, so that the sender has
	 * the new one first. If the new track cannot be sent, the sender calls `unsent`.
	 */
	changed: () => Promise<void> | void;
	/** The device was lost; `to` is the label of its replacement. */
	lost?: (from: string, to: string | null) => void;
};

/**
 * The own microphone or camera. Turning it on and off and choosing another may race: the last word
 * counts. A camera that is off is let go, so that its light goes out; a microphone is kept and made
 * silent, so that it is back with the first syllable.
 */
export class LocalDevice {
	readonly #kind: DeviceKind;
	readonly #events: LocalDeviceEvents;
	#state: DeviceState = { kind: 'off' };
	#track: MediaStreamTrack | null = null;
	/** The track that is still sent, until `#track` takes its place. */
	#before: MediaStreamTrack | null = null;
	/** The tracks that the browser did not send. */
	readonly #refused = new WeakSet<MediaStreamTrack>();
	#wanted = false;
	/** Whether a track is kept while it is off; so it is to be got back when it goes away. */
	#kept = false;
	#wish = anything;
	#opening: Promise<DeviceProblem | null> | null = null;
	/** Settles when the last change has been acted on. Never rejects. */
	#carried: Promise<void> = Promise.resolve();
	#granted = false;
	#closed = false;

	constructor(kind: DeviceKind, events: LocalDeviceEvents) {
		this.#kind = kind;
		this.#events = events;
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
			return this.#carried;
		}
		this.#tell({ kind: 'starting' });
		await this.#refresh();
	}

	/**
	 * Chooses the device to open. A device that is open is replaced at once. Never rejects.
	 *
	 * @returns why the request failed, so that the device in use stays; null if it succeeded, or is tried later
	 */
	async choose(wish: DeviceRequest): Promise<DeviceProblem | null> {
		this.#wish = wish;
		return this.#track && !this.#closed ? this.#refresh() : null;
	}

	/**
	 * The browser does not send this track. The track before continues, if there was one; otherwise the device has a
	 * problem. Does nothing if another track is in use by now.
	 */
	unsent(track: MediaStreamTrack): void {
		if (track !== this.#track) return;
		const before = this.#before;
		this.#before = null;
		this.#refused.add(track);
		this.#stopTrack();
		if (before?.readyState !== 'live') {
			this.#dropTrack();
			this.#fail('busy');
			return;
		}
		this.#use(before);
	}

	/** Closes the device in any state. It can be turned on again. */
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

	/** Nothing of it leaves the browser from here on, even if a listener fails. */
	#turnOff(): void {
		if (this.#before) this.#before.enabled = false;
		if (this.#kind === 'camera') this.#dropTrack();
		else if (this.#track) this.#track.enabled = false;
		this.#tell({ kind: 'off' });
	}

	get #needed(): boolean {
		return !this.#closed && (this.#wanted || this.#kept);
	}

	#refresh(): Promise<DeviceProblem | null> {
		this.#opening ??= this.#open().finally(() => (this.#opening = null));
		return this.#opening;
	}

	/** Opens the requested device, until the request is the same before and after. */
	async #open(): Promise<DeviceProblem | null> {
		// The types promise it, but pages that are not secure have none.
		const devices: MediaDevices | undefined = navigator.mediaDevices;
		if (!devices) return this.#fail('insecure');
		for (;;) {
			const wish = this.#wish;
			let track: MediaStreamTrack;
			let problem: DeviceProblem | null;
			try {
				({ track, problem } = await this.#acquire(wish));
			} catch (error) {
				if (wish !== this.#wish && this.#needed) continue;
				if (this.#track?.readyState === 'live') return problemOf(error);
				this.#dropTrack();
				return this.#fail(problemOf(error));
			}
			if (!this.#needed) {
				track.stop();
				return null;
			}
			if (wish !== this.#wish) {
				track.stop();
				continue;
			}
			const taken = await this.#take(track);
			if (wish === this.#wish || !this.#needed) return taken ? problem : 'busy';
		}
	}

	/** Phones open one camera at a time: where the next does not open beside the last, that one goes first. */
	async #acquire(
		wish: DeviceRequest,
	): Promise<{ track: MediaStreamTrack; problem: DeviceProblem | null }> {
		const kind = this.#kind;
		try {
			return { track: await openDevice(kind, wish), problem: null };
		} catch (error) {
			const last = this.#track?.getSettings().deviceId;
			if (kind !== 'camera' || !last || problemOf(error) !== 'busy') throw error;
			this.#stopTrack();
			// For as long as that takes, nothing is sent.
			this.#tell({ kind: 'starting' });
			// Then the last device is opened again, and the problem is shown.
			const track = await openDevice(kind, wish).catch(() => null);
			if (track) return { track, problem: null };
			return { track: await openExactly(kind, { deviceId: last }), problem: 'busy' };
		}
	}

	/**
	 * Uses this track. The one before is stopped when this one is sent.
	 *
	 * @returns whether it is sent
	 */
	async #take(track: MediaStreamTrack): Promise<boolean> {
		const before = this.#track;
		before?.removeEventListener('ended', this.#onEnded);
		this.#before = before;
		void permissionFor(this.#kind).then((state) => (this.#granted ||= state === 'granted'));
		this.#use(track);
		await this.#carried;
		if (this.#before === before) this.#before = null;
		if (this.#track !== before) before?.stop();
		return !this.#refused.has(track);
	}

	#use(track: MediaStreamTrack): void {
		track.enabled = this.#wanted;
		track.addEventListener('ended', this.#onEnded);
		this.#track = track;
		this.#kept = true;
		this.#tell({ kind: this.#wanted ? 'on' : 'off' });
	}

	/** The device went away while it ran: unplugged, taken by another program, or forbidden. */
	readonly #onEnded = (): void => {
		const from = this.#track?.label ?? '';
		this.#stopTrack();
		this.#track = null;
		this.#tell({ kind: this.#wanted ? 'starting' : 'off' });
		void this.#recover(from);
	};

	async #recover(from: string): Promise<void> {
		const permission = await permissionFor(this.#kind);
		if (permission === 'denied' || (permission === 'prompt' && this.#granted)) {
			this.#granted = false;
			if (!this.#track) this.#fail('refused');
			return;
		}
		const others = await this.#others();
		if (!this.#needed) return;
		if (others.length === 0 && !this.#track) this.#fail('absent');
		else if (!this.#track && (await this.#refresh())) await this.#tryEach(others);
		if (!this.#closed) this.#events.lost?.(from, this.#track?.label ?? null);
	}

	/** The device that the browser prefers does not open: any that does is better than none. */
	async #tryEach(deviceIds: readonly string[]): Promise<void> {
		for (const deviceId of deviceIds) {
			const wish = { ...this.#wish, deviceId };
			// A device that does not open is skipped. If none opens, the problem is shown already.
			const track = await openExactly(this.#kind, wish).catch(() => null);
			if (!track) continue;
			if (this.#track || !this.#wanted) track.stop();
			else await this.#take(track);
			return;
		}
	}

	async #others(): Promise<string[]> {
		const kind = this.#kind === 'camera' ? 'videoinput' : 'audioinput';
		// A browser that does not list them is asked for any.
		const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
		return all.filter((device) => device.kind === kind).map(({ deviceId }) => deviceId);
	}

	#dropTrack(): void {
		this.#stopTrack();
		this.#before?.stop();
		this.#before = null;
		this.#track = null;
		this.#kept = false;
	}

	#stopTrack(): void {
		this.#track?.removeEventListener('ended', this.#onEnded);
		this.#track?.stop();
	}

	#fail(problem: DeviceProblem): DeviceProblem {
		this.#kept = false;
		if (this.#wanted) this.#tell({ kind: 'problem', problem });
		return problem;
	}

	#tell(state: DeviceState): void {
		if (this.#closed) return;
		note('devices', this.#kind, { ...state });
		this.#state = state;
		// A listener that fails does not change the state. `unsent` reports a track that could not be sent.
		this.#carried = (async () => this.#events.changed())().catch(() => undefined);
	}
}
