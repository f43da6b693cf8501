import type { Transport } from 'mediasoup-client/types';
import type { WireError } from '../../../shared/errors.ts';
import {
	blackPicture,
	fakeDevice,
	silentDevice,
	type CameraSettings,
	type DeviceName,
} from './fakeMedia.ts';
import type { WebRtc } from './webrtc.ts';

/** A failure as the report counts it: what was done, and the code of the error. */
export type Failure = { what: string; code: string; message: string };

/** A request that was answered, and after how many ms. */
export type Answered = { name: string; ms: number };

/** What the person of this page chose before, and the size of the window. */
export type PageOptions = {
	/** Where the service is: the address of its first page, without the slash at its end. */
	url: string;
	camera: CameraSettings;
	/** What is on from the beginning; the screen from when the load is on. */
	on: { microphone: boolean; camera: boolean; screen?: boolean };
	/**
	 * Where it is set, prepared packets are sent, and those that come are counted: nothing is encoded or decoded. The folder with
	 * the certificate of all bots, `cert.pem`, and its `key.pem`.
	 */
	bulk?: string;
};

/**
 * What a browser gives to the page of one bot: a window, a session cookie, a camera and a microphone. WebRTC and the
 * connection are real, the devices are made up.
 */
export class BotPage {
	readonly id: string;
	/** Of its pages. */
	readonly origin: string;
	/** Below which they are; empty for the root. */
	readonly #base: string;
	readonly globals;
	/** The transports of the newest session. */
	sending: Transport | null = null;
	receiving: Transport | null = null;
	/** What went wrong since it was asked last, and what was answered. */
	failures: Failure[] = [];
	answers: Answered[] = [];
	readonly webRtc: WebRtc;
	readonly camera: CameraSettings;
	/** As of its options; null where media is real. */
	readonly bulk: string | null;
	readonly #marks = new Map<string, number>();
	#cookie = '';

	constructor(id: string, webRtc: WebRtc, { url, camera, on, bulk }: PageOptions) {
		this.id = id;
		const { origin, pathname } = new URL(url);
		this.origin = origin;
		this.#base = pathname.replace(/\/$/, '');
		this.webRtc = webRtc;
		this.camera = camera;
		this.bulk = bulk ?? null;
		const window = Object.assign(new EventTarget(), {
			...{ innerWidth: 1280, innerHeight: 720, devicePixelRatio: 1 },
		});
		const { width, height } = camera;
		this.globals = {
			window,
			addEventListener: window.addEventListener.bind(window),
			document: Object.assign(new EventTarget(), {
				visibilityState: 'visible',
				hidden: false,
				hasFocus: () => true,
				documentElement: { dataset: { base: this.#base } },
				createElement: (name: string) =>
					name === 'canvas' ? new Canvas(webRtc) : new Video(webRtc),
			}),
			location: {
				origin,
				pathname: `${this.#base}/`,
				reload: () => this.failed('page', 'RELOAD', 'The page has to be reloaded.'),
			},
			navigator: {
				// What WebRTC is here: mediasoup-client chooses by that how to talk to it.
				userAgent:
					'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/106.0.0.0 Safari/537.36',
				permissions: { query: async () => ({ state: 'granted' }) },
				mediaDevices: Object.assign(new EventTarget(), {
					enumerateDevices: async () => [],
					getUserMedia: (constraints: MediaStreamConstraints) => this.#open(constraints),
					getSupportedConstraints: () => ({}),
					getDisplayMedia: async () => new webRtc.MediaStream([this.#device('screen')]),
				}),
			},
			localStorage: new Kept({
				'parley:preferences': JSON.stringify({
					...{ microphone: on.microphone, camera: on.camera, picture: { width, height } },
				}),
			}),
			sessionStorage: new Kept({}),
			performance: {
				now: () => performance.now(),
				mark: (name: string) => void this.#marks.set(name, performance.now()),
				clearMarks: (name: string) => void this.#marks.delete(name),
				getEntriesByName: (name: string) => {
					const startTime = this.#marks.get(name);
					return startTime === undefined ? [] : [{ startTime }];
				},
				getEntriesByType: () => [],
			},
			fetch: (path: string) => this.#fetch(path),
			AudioContext: silence(webRtc),
			HTMLMediaElement: Video,
		};
	}

	/** What is sent with each request of the connection. */
	get headers(): Record<string, string> {
		return { cookie: this.#cookie };
	}

	/** Loads what a page of the service needs first: a session. */
	async load(): Promise<void> {
		const response = await this.#fetch(`${this.#base}/api/session`);
		await response.arrayBuffer();
		if (!response.ok) this.failed('session', String(response.status), response.statusText);
	}

	/** How many ms after the step `from` the client marked this one; null if it did not. */
	markAfter(from: string, step: string): number | null {
		const [began, at] = [this.#marks.get(`parley:${from}`), this.#marks.get(`parley:${step}`)];
		return began === undefined || at === undefined || at < began ? null : at - began;
	}

	/** A request was answered. */
	answered(name: string, ms: number, error: WireError | null): void {
		this.answers.push({ name, ms });
		if (error) this.failed(name, error.code, error.message);
	}

	/** The service did not let the connection in. */
	refused(error: Error): void {
		const data: unknown = 'data' in error ? error.data : null;
		const said = typeof data === 'object' && data !== null ? (data as Partial<WireError>) : {};
		this.failed('connection', said.code ?? 'UNREACHABLE', said.message ?? error.message);
	}

	failed(what: string, code: string, message: string): void {
		this.failures.push({ what, code, message });
	}

	async #fetch(path: string): Promise<Response> {
		const response = await fetch(new URL(path, this.origin), { headers: this.headers });
		const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
		if (cookies.length > 0) this.#cookie = cookies.join('; ');
		return response;
	}

	async #open({ video }: MediaStreamConstraints): Promise<MediaStream> {
		return new this.webRtc.MediaStream([this.#device(video ? 'camera' : 'microphone')]);
	}

	#device(device: DeviceName): MediaStreamTrack {
		return (this.bulk === null ? fakeDevice : silentDevice)(this.webRtc, device, this.camera);
	}
}

/** What a page keeps. */
class Kept {
	readonly #items: Map<string, string>;

	constructor(items: Record<string, string>) {
		this.#items = new Map(Object.entries(items));
	}

	getItem = (key: string) => this.#items.get(key) ?? null;
	setItem = (key: string, value: string) => void this.#items.set(key, value);
	removeItem = (key: string) => void this.#items.delete(key);
}

/** A canvas on which the client draws black, and nothing else. */
class Canvas {
	width = 0;
	height = 0;
	fillStyle = '';
	readonly #webRtc: WebRtc;
	readonly #source;

	constructor(webRtc: WebRtc) {
		this.#webRtc = webRtc;
		this.#source = new webRtc.nonstandard.RTCVideoSource();
	}

	captureStream = () => new this.#webRtc.MediaStream([this.#source.createTrack()]);
	getContext = () => this;
	fillRect = () => this.#source.onFrame(blackPicture(this));
}

/** A video element that only notices the first picture. */
class Video {
	readonly #webRtc: WebRtc;
	#sink: { stop(): void } | null = null;
	#stream: MediaStream | null = null;
	#pictured = (): void => undefined;

	constructor(webRtc: WebRtc) {
		this.#webRtc = webRtc;
	}

	get srcObject(): MediaStream | null {
		return this.#stream;
	}

	set srcObject(stream: MediaStream | null) {
		this.#sink?.stop();
		this.#sink = null;
		this.#stream = stream;
		const [track] = stream?.getVideoTracks() ?? [];
		if (!track) return;
		const sink = new this.#webRtc.nonstandard.RTCVideoSink(track);
		this.#sink = sink;
		sink.onframe = () => {
			if (this.#sink !== sink) return;
			sink.stop();
			this.#sink = null;
			this.#pictured();
		};
	}

	requestVideoFrameCallback = (pictured: () => void) => void (this.#pictured = pictured);
	play = async () => undefined;
}

/** An audio graph that gives silent tracks, and cannot measure how loud anything is. */
const silence = (webRtc: WebRtc) =>
	class {
		readonly state = 'running';
		createMediaStreamDestination = () => ({
			stream: new webRtc.MediaStream([new webRtc.nonstandard.RTCAudioSource().createTrack()]),
		});
		close = async () => undefined;
	};
