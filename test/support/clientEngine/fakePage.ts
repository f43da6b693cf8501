import { vi } from 'vitest';
import type { RoomId } from '../../../shared/ids.ts';
import type { Call } from '../../../web/src/lib/features/call/engine/call.ts';
import type { CallObserver, CallStatus } from '../../../web/src/lib/features/call/engine/model.ts';
import type { ResumeRecord } from '../../../web/src/lib/features/call/engine/session/resumeRecord.ts';
import type { Matching } from '../../../web/src/lib/features/match/engine/matching.ts';
import type { Choice, MatchObserver } from '../../../web/src/lib/features/match/engine/model.ts';
import { camera, FakeBrowser, FakeTrack, microphone } from '../devices.ts';
import { FakeMediasoup } from './fakeMediasoup.ts';
import { FakeServer } from './fakeServer.ts';

/** What an observer was told: the latest of each, and everything in order. */
export class Recorder {
	readonly all: [name: string, told: unknown][] = [];

	/** An observer that writes down whatever it is told. */
	get observer(): CallObserver & MatchObserver {
		return new Proxy({} as CallObserver & MatchObserver, {
			get: (_, name) => (told: unknown) => void this.all.push([String(name), told]),
			ownKeys: () => [...observed],
			getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
		});
	}

	/** What was told last under this name. */
	last<N extends keyof CallObserver>(name: N): Parameters<CallObserver[N]>[0] | undefined;
	last<N extends keyof MatchObserver>(name: N): Parameters<MatchObserver[N]>[0] | undefined;
	last(name: string): unknown {
		return this.every(name).at(-1);
	}

	/** All that was told under this name, in order. */
	every(name: string): unknown[] {
		return this.all.filter(([of]) => of === name).map(([, told]) => told);
	}

	/** The kinds of the phases, in order. */
	get phases(): string[] {
		const all = [
			...this.every('phase'),
			...this.every('status').map((status) => (status as CallStatus).phase),
		].map((phase) => (phase as { kind: string }).kind);
		return all.filter((kind, index) => kind !== all[index - 1]);
	}

	get phase(): string | undefined {
		return this.phases.at(-1);
	}
}

/** Names that an engine copies from the observer it is given. */
const observed = [
	...['status', 'phase', 'connection', 'room', 'present', 'path', 'own', 'knocks', 'acted'],
	...['reacted', 'microphone', 'camera', 'preview', 'level', 'peers', 'peer', 'speaking'],
	...['devices', 'deviceLost', 'videoMode', 'speakingWhileMuted', 'systemMuted'],
	...['share', 'statistics'],
	...['agreed', 'waiting', 'partner', 'lines', 'typing', 'keeping'],
];

type Navigation = 'navigate' | 'reload';

/** The engine's code as one page has it. */
type Engine = {
	Call: typeof Call;
	Matching: typeof Matching;
	readResumeRecord: (roomId: RoomId) => ResumeRecord | null;
};

/**
 * A tab with one page in it: the real engine, in Node. What the browser gives it is made up here, and the test turns the clock.
 * To be closed after each test.
 */
export class FakePage {
	readonly server = new FakeServer();
	readonly browser: FakeBrowser;
	media = new FakeMediasoup();
	/** How often the page asked the browser to load it again. */
	reloads = 0;
	readonly #kept = new Map<string, string>();
	readonly #closing: (() => void)[] = [];
	#window = new EventTarget();
	#document = new EventTarget();
	#engine: Engine | null = null;

	private constructor() {
		this.browser = new FakeBrowser(microphone('desk'), camera('front', 'user'));
	}

	static async open(): Promise<FakePage> {
		vi.useFakeTimers({
			toFake: [
				...(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] as const),
				'performance',
			],
		});
		const page = new FakePage();
		await page.#load('navigate');
		return page;
	}

	/** Goes to the lobby of the room. */
	call(roomId: RoomId, quiet = false, stay?: ResumeRecord): { call: Call; told: Recorder } {
		const told = new Recorder();
		const call = new this.#code.Call(roomId, told.observer, quiet, stay);
		this.#closing.push(() => call.close());
		call.enter();
		return { call, told };
	}

	/** Goes on with the call that the page before was in, as the page of a room does. */
	goOn(roomId: RoomId): { call: Call; told: Recorder; joining: Promise<void> } | null {
		const stay = this.#code.readResumeRecord(roomId);
		if (!stay) return null;
		const { call, told } = this.call(roomId, true, stay);
		const joining = call.answer(stay.name, stay);
		joining.catch(() => undefined);
		return { call, told, joining };
	}

	/** Goes to meet strangers. */
	meet(choice: Partial<Choice> = {}): { matching: Matching; told: Recorder } {
		const told = new Recorder();
		const all = { mode: 'video', interests: [], language: null, name: '', ...choice } as const;
		const matching = new this.#code.Matching(all, told.observer);
		this.#closing.push(() => matching.close());
		matching.open();
		return { matching, told };
	}

	/** The network of this computer is another one, or is back. */
	comeOnline(): void {
		this.#window.dispatchEvent(new Event('online'));
	}

	/** Loads the page again, as the browser does when the person asks for it. */
	async reload(): Promise<void> {
		this.hide();
		// What was said while it went has left the browser.
		await vi.advanceTimersByTimeAsync(20);
		this.server.forgetPage();
		const now = Date.now();
		vi.clearAllTimers();
		vi.setSystemTime(now);
		this.#closing.length = 0;
		for (const track of this.browser.opened) track.stop();
		this.media = new FakeMediasoup();
		await this.#load('reload');
	}

	/** The page is about to go. */
	hide(): void {
		this.#window.dispatchEvent(new Event('pagehide'));
	}

	close(): void {
		for (const close of this.#closing) close();
		this.server.forgetPage();
		vi.doUnmock('socket.io-client');
		vi.doUnmock('mediasoup-client');
		vi.resetModules();
		vi.useRealTimers();
		vi.unstubAllGlobals();
		vi.restoreAllMocks();
	}

	get #code(): Engine {
		if (!this.#engine) throw new Error('The page is not loaded.');
		return this.#engine;
	}

	async #load(navigation: Navigation): Promise<void> {
		this.#window = Object.assign(new EventTarget(), {
			innerWidth: 1280,
			innerHeight: 720,
			devicePixelRatio: 1,
		});
		this.#document = Object.assign(new EventTarget(), {
			visibilityState: 'visible',
			hidden: false,
			documentElement: { dataset: { build: 'test' } },
			createElement: (name: string) => (name === 'canvas' ? new FakeCanvas() : new FakeVideo()),
		});
		const window = this.#window;
		vi.stubGlobal('window', window);
		vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
		vi.stubGlobal('document', this.#document);
		vi.stubGlobal('location', { pathname: '/', reload: () => void this.reloads++ });
		vi.stubGlobal('sessionStorage', {
			getItem: (key: string) => this.#kept.get(key) ?? null,
			setItem: (key: string, value: string) => void this.#kept.set(key, value),
			removeItem: (key: string) => void this.#kept.delete(key),
		});
		vi.stubGlobal('MediaStream', FakeStream);
		vi.stubGlobal('AudioContext', FakeAudio);
		vi.stubGlobal('AnalyserNode', FakeAnalyser);
		vi.stubGlobal('fetch', async () => {
			if (this.server.hanging) throw new Error('nothing came');
			return new Response('{}');
		});
		const Timing = class {
			readonly type = navigation;
		};
		vi.stubGlobal('PerformanceNavigationTiming', Timing);
		vi.spyOn(performance, 'getEntriesByType').mockImplementation(() => [
			new Timing() as unknown as PerformanceEntry,
		]);
		vi.resetModules();
		vi.doMock('socket.io-client', () => ({ io: this.server.io }));
		vi.doMock('mediasoup-client', () => this.media.module);
		const [{ Call: call }, { Matching: matching }, { readResumeRecord }] = await Promise.all([
			import('../../../web/src/lib/features/call/engine/call.ts'),
			import('../../../web/src/lib/features/match/engine/matching.ts'),
			import('../../../web/src/lib/features/call/engine/session/resumeRecord.ts'),
			// Loaded on demand: here before the test's clock begins to run.
			import('socket.io-client'),
			import('mediasoup-client'),
		]);
		this.#engine = { Call: call, Matching: matching, readResumeRecord };
	}
}

const realTick = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Turns the clock, a millisecond at a time, until this holds.
 *
 * @param within ms of the test's clock.
 */
export async function until(holds: () => boolean, what: string, within = 5_000): Promise<void> {
	for (let passed = 0; passed < within; passed++) {
		if (holds()) return;
		await realTick();
		await vi.advanceTimersByTimeAsync(1);
	}
	throw new Error(`It did not come about that ${what}.`);
}

/** Turns the clock until this is settled. @returns the code that it was rejected with; null where it was fulfilled. */
export async function outcome(promise: Promise<unknown>): Promise<string | null> {
	const settled: { code: string | null }[] = [];
	promise.then(
		() => settled.push({ code: null }),
		(error: unknown) => settled.push({ code: codeOf(error) }),
	);
	await until(() => settled.length > 0, 'it is settled', 20_000);
	return settled[0]?.code ?? null;
}

const codeOf = (error: unknown): string =>
	error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** Lets the time pass, in ms of the test's clock. */
export async function pass(ms: number): Promise<void> {
	await realTick();
	await vi.advanceTimersByTimeAsync(ms);
	await realTick();
}

class FakeStream {
	readonly #tracks: readonly FakeTrack[];

	constructor(tracks: readonly FakeTrack[] = []) {
		this.#tracks = tracks;
	}

	getTracks(): FakeTrack[] {
		return [...this.#tracks];
	}

	getVideoTracks(): FakeTrack[] {
		return this.#tracks.filter(({ kind }) => kind === 'video');
	}

	getAudioTracks(): FakeTrack[] {
		return this.#tracks.filter(({ kind }) => kind === 'audio');
	}
}

class FakeCanvas {
	width = 0;
	height = 0;

	getContext() {
		return { fillStyle: '', fillRect: () => undefined };
	}

	captureStream(): FakeStream {
		return new FakeStream([new FakeTrack('video', 'black')]);
	}
}

class FakeVideo {
	async play(): Promise<void> {
		await Promise.resolve();
	}
}

class FakeAudio {
	readonly state = 'running';

	createMediaStreamDestination() {
		return { stream: new FakeStream([new FakeTrack('audio', 'silence')]) };
	}

	createMediaStreamSource() {
		return { connect: () => undefined, disconnect: () => undefined };
	}

	async close(): Promise<void> {
		await Promise.resolve();
	}
}

class FakeAnalyser {
	readonly fftSize = 16;

	getFloatTimeDomainData(): void {
		// Nobody says a word.
	}
}
