import type { Producer } from 'mediasoup-client/types';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newProducerId } from '#shared/ids.ts';
import { LocalDevice } from '#lib/features/call/engine/devices/localDevice.ts';
import type { CallObserver, DeviceState } from '#lib/features/call/engine/model.ts';
import { OwnDevices } from '#lib/features/call/engine/devices/ownDevices.ts';
import {
	OwnProducer,
	type Feed,
	type ProducerState,
} from '#lib/features/call/engine/media/ownProducer.ts';
import { rememberPreferences } from '#lib/preferences/preferences.ts';
import type { Sender } from '#lib/features/call/engine/media/sender.ts';
import {
	camera,
	FakeBrowser,
	FakeTrack,
	microphone,
	settled,
} from '../../../../support/devices.ts';

let browser: FakeBrowser;
beforeEach(() => {
	browser = new FakeBrowser(
		microphone('desk'),
		microphone('headset'),
		camera('front', 'user'),
		camera('back', 'environment'),
	);
	vi.stubGlobal('window', new EventTarget());
	vi.stubGlobal(
		'MediaStream',
		class {
			getVideoTracks = () => [];
		},
	);
});
afterEach(() => vi.unstubAllGlobals());

/** The browser's end of a producer: what it sends, and whether it takes another track. */
class FakeProducer {
	closed = false;
	sent: FakeTrack | null = null;
	refuses = false;
	/** Holds back what is asked for until it is called. */
	release: (() => void) | null = null;
	#held: Promise<void> = Promise.resolve();

	hold(): void {
		this.#held = new Promise((resolve) => (this.release = resolve));
	}

	async replaceTrack({ track }: { track: FakeTrack | null }): Promise<void> {
		if (track === this.sent) return;
		await this.#held;
		if (this.refuses) throw new DOMException('', 'InvalidModificationError');
		this.sent = track;
	}

	/** What leaves the browser. */
	get audible(): boolean {
		return this.sent !== null && this.sent.enabled && this.sent.readyState === 'live';
	}
}

/** A part of something, which is all of it that is used here. */
const standIn = <T>(part: unknown): T => part as T;

/** The devices of a person, and producers that carry them. */
function setUp(audioContext?: unknown) {
	if (audioContext !== undefined) vi.stubGlobal('AudioContext', audioContext);
	const shown: Record<string, DeviceState[]> = { microphone: [], camera: [] };
	const observer = standIn<CallObserver>({
		microphone: (state: DeviceState) => shown['microphone']?.push(state),
		camera: (state: DeviceState) => shown['camera']?.push(state),
		preview: () => undefined,
		level: () => undefined,
		devices: () => undefined,
		deviceLost: () => undefined,
		speakingWhileMuted: () => undefined,
		systemMuted: () => undefined,
		videoMode: () => undefined,
	});
	const devices = new OwnDevices(observer);
	const told: Record<string, ProducerState> = {};
	const make = (source: string) => {
		const producer = new FakeProducer();
		const first = { producerId: newProducerId(), paused: true, width: 0, height: 0 };
		told[source] = first;
		const own = new OwnProducer(standIn<Producer>(producer), first, {
			state: (state) => (told[source] = state),
			layering: 'simulcast',
		});
		return { producer, own };
	};
	const parts = { microphone: make('microphone'), camera: make('camera') };
	devices.attach(
		standIn<Sender>({
			feed: (source: 'microphone' | 'camera', feed: Feed) => parts[source].own.feed(feed),
			setMusic: () => undefined,
		}),
	);
	/** What the person sees, what the others are told, and what is so. */
	const now = (source: 'microphone' | 'camera') => ({
		shown: shown[source]?.at(-1)?.kind === 'on',
		told: told[source]?.paused === false,
		sent: parts[source].producer.audible,
	});
	return { devices, parts, now, shown };
}

const on = { shown: true, told: true, sent: true };
const off = { shown: false, told: false, sent: false };

/** An audio graph in which one call fails. */
function failing(call: string): unknown {
	const fail = (name: string) => {
		if (name === call) throw new DOMException(`${name} fails`, 'NotSupportedError');
	};
	vi.stubGlobal(
		'AnalyserNode',
		class {
			fftSize = 16;
			constructor() {
				fail('AnalyserNode');
			}
			getFloatTimeDomainData(): void {
				fail('getFloatTimeDomainData');
			}
		},
	);
	return class {
		state = 'running';
		constructor() {
			fail('AudioContext');
		}
		createMediaStreamSource() {
			fail('createMediaStreamSource');
			return { connect: () => fail('connect'), disconnect: () => fail('disconnect') };
		}
		close(): Promise<void> {
			fail('close');
			return Promise.resolve();
		}
	};
}

const calls = [
	'AudioContext',
	'createMediaStreamSource',
	'AnalyserNode',
	'connect',
	'disconnect',
	'getFloatTimeDomainData',
	'close',
];

describe('B-2: what is shown of the microphone, what others are told, and what is sent are the same', () => {
	test.each(['nothing', 'no graph at all', ...calls])('where %s fails', async (call) => {
		const { devices, now } = setUp(call === 'no graph at all' ? undefined : failing(call));
		await devices.set('microphone', true);
		expect(now('microphone')).toEqual(on);
		await devices.set('microphone', false);
		expect(now('microphone')).toEqual(off);
		await devices.set('microphone', true);
		expect(now('microphone')).toEqual(on);
		await devices.selection.choose('microphone', 'headset');
		await settled();
		expect(now('microphone')).toEqual(on);
		expect(browser.live('audio').map(({ label }) => label)).toEqual(['headset (label)']);
		await devices.set('microphone', false);
		expect(now('microphone')).toEqual(off);
		devices.close();
		expect(browser.live('audio')).toHaveLength(0);
	});

	test('a copy that is listened to while muted ends where it cannot be listened to', async () => {
		const clone = vi.spyOn(FakeTrack.prototype, 'clone');
		const { devices } = setUp(failing('createMediaStreamSource'));
		await devices.set('microphone', true);
		await devices.set('microphone', false);
		await devices.set('microphone', true);
		const copies = clone.mock.results.map(({ value }) => value);
		expect(copies).toHaveLength(1);
		expect(copies.filter(({ readyState }) => readyState === 'live')).toHaveLength(0);
		devices.close();
		clone.mockRestore();
	});
});

describe('muted is silent at once', () => {
	test('also while the browser is about to send another microphone', async () => {
		const { devices, parts, now } = setUp();
		await devices.set('microphone', true);
		const { producer } = parts.microphone;
		producer.hold();
		const chosen = devices.selection.choose('microphone', 'headset');
		await settled();
		expect(producer.audible).toBe(true);
		void devices.set('microphone', false);
		expect(producer.audible).toBe(false);
		expect(now('microphone')).toEqual(off);
		producer.release?.();
		await chosen;
		await settled();
		expect(now('microphone')).toEqual(off);
		devices.close();
	});

	test('others are told that it is on when it is sent, and not before', async () => {
		const { devices, parts, now } = setUp();
		parts.microphone.producer.hold();
		const done = devices.set('microphone', true);
		await settled();
		expect(now('microphone').told).toBe(false);
		parts.microphone.producer.release?.();
		await done;
		await settled();
		expect(now('microphone')).toEqual(on);
		devices.close();
	});
});

describe('a device that the browser does not send', () => {
	test.each(['microphone', 'camera'] as const)(
		'a %s that is turned on is a problem, and nobody takes it for on',
		async (kind) => {
			const { devices, parts, now, shown } = setUp();
			parts[kind].producer.refuses = true;
			await devices.set(kind, true);
			await settled();
			expect(shown[kind]?.at(-1)).toEqual({ kind: 'problem', problem: 'busy' });
			expect(now(kind)).toEqual(off);
			expect(browser.live(kind === 'camera' ? 'video' : 'audio')).toHaveLength(0);
			parts[kind].producer.refuses = false;
			await devices.set(kind, true);
			await settled();
			expect(now(kind)).toEqual(on);
			devices.close();
		},
	);

	test.each([
		['microphone', 'desk', 'headset'],
		['camera', 'front', 'back'],
	] as const)(
		'no %s is ended before its successor is sent: where that fails, the one before goes on, and the person is told',
		async (kind, first, second) => {
			rememberPreferences({ [`${kind}Id`]: first });
			const { devices, parts, now } = setUp();
			await devices.set(kind, true);
			await settled();
			const { producer } = parts[kind];
			const media = kind === 'camera' ? 'video' : 'audio';
			producer.hold();
			producer.refuses = true;
			const chosen = devices.selection.choose(kind, second);
			await settled();
			expect(now(kind).sent).toBe(true);
			producer.release?.();
			expect(await chosen).toBe('busy');
			await settled();
			expect(now(kind)).toEqual(on);
			expect(browser.live(media).map(({ label }) => label)).toEqual([`${first} (label)`]);
			devices.close();
			expect(browser.live(media)).toHaveLength(0);
		},
	);

	test('a phone that opens one camera at a time shows no camera as on while none is', async () => {
		browser.oneCamera = true;
		const states: [string, string][] = [];
		const device: LocalDevice = new LocalDevice('camera', {
			changed: () =>
				void states.push([device.state.kind, device.track?.readyState ?? 'none'] as const),
		});
		await device.set(true);
		await device.choose({ deviceId: 'back' });
		expect(device.track?.label).toBe('back (label)');
		expect(states.filter(([kind, track]) => kind === 'on' && track !== 'live')).toEqual([]);
		expect(states.map(([kind]) => kind)).toEqual(['starting', 'on', 'starting', 'on']);
		device.close();
	});
});
