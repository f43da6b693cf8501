import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	expect,
	test as base,
	type Browser,
	type BrowserContext,
	type BrowserContextOptions,
	type Locator,
	type Page,
} from 'playwright/test';
import { newRoomId, type RoomId } from '../../shared/ids.ts';
import { Cast } from './client.ts';
import { freePort } from './ports.ts';

/** Of how many nodes each service consists, behind a load balancer: `npm run test:cluster -- browser` says 3. */
export const nodeCount = Number(process.env['PARLEY_TEST_NODES'] ?? 1);

/** How many tests run at a time. Each has a service of its own: strangers of one test never meet those of another. */
export const testsAtOnce = nodeCount > 1 ? 2 : 3;

/** The services of this run; its workers, which are processes of their own, find them in the environment. */
export const services = await Promise.all(
	Array.from({ length: testsAtOnce }, async (_, index) => ({
		httpPort: Number((process.env[`TEST_HTTP_PORT_${index}`] ??= String(await freePort()))),
		mediaPort: Number((process.env[`TEST_MEDIA_PORT_${index}`] ??= String(await freePort()))),
		/** Where the service keeps what it keeps. */
		dataDir: (process.env[`TEST_DATA_DIR_${index}`] ??= mkdtempSync(
			join(tmpdir(), 'parley-browser-'),
		)),
	})),
);

const own = services[Number(process.env['TEST_PARALLEL_INDEX'] ?? 0)];
if (!own) throw new Error('there are more workers than services');
export const { mediaPort, dataDir } = own;
export const serviceUrl = `http://127.0.0.1:${own.httpPort}`;

/**
 * What the browser does without. Only the last list counts, so those that Playwright turns off stand here too. The
 * popups of the address bar are two renderers for each window, which cost more than most of the pages under test.
 */
const disabledFeatures = [
	'AimEnabled',
	'AvoidCorsURLLoaderRestartOnRedirect',
	'AvoidUnnecessaryBeforeUnloadCheckSync',
	'DestroyProfileOnBrowserClose',
	'HttpsFirstBalancedModeAutoEnable',
	'HttpsUpgrades',
	'LensOverlay',
	'MediaRouter',
	'NetworkTimeServiceQuerying',
	'OptimizationHints',
	'PaintHolding',
	'PreconnectToSearch',
	'ThirdPartyStoragePartitioning',
	'WebUIOmniboxAimPopup',
	'WebUIOmniboxFullPopup',
	'WebUIOmniboxPopup',
];

/**
 * Whether pages have their service worker: only in the tests about it. What it does would go past the routes by which tests
 * answer in the place of the service.
 */
export const serviceWorkers = 'block';

export const launchOptions = {
	...(process.env['PARLEY_CHROMIUM'] && { executablePath: process.env['PARLEY_CHROMIUM'] }),
	args: [
		`--disable-features=${disabledFeatures.join(',')}`,
		'--no-sandbox',
		'--use-fake-device-for-media-stream=fps=15',
		'--use-fake-ui-for-media-stream',
		'--autoplay-policy=no-user-gesture-required',
		'--disable-background-networking',
		'--disable-component-update',
		'--disable-sync',
		'--no-first-run',
		'--disable-quic',
	],
};

declare global {
	interface Window {
		/** Every peer connection of the page. */
		peerConnections: RTCPeerConnection[];
		/** Ids of the tracks that came from a device. */
		deviceTracks: Set<string>;
		/** Ids of device tracks that were ever handed to a sender. */
		sentDeviceTracks: Set<string>;
	}
	interface HTMLVideoElement {
		/** Firefox alone: the frames that were shown. Its quality of playback says nothing of what comes from a peer. */
		mozPaintedFrames?: number;
	}
}

/** What a camera delivers, whatever the page asks for. */
export type Camera = { width: number; height: number; frameRate: number };
const camera: Camera = { width: 640, height: 360, frameRate: 15 };
/**
 * Where only it matters that there is a moving picture: a seventh of the work. Nothing smaller: a camera that gives the
 * picture that saves data (320 by 180) is asked for the full one.
 */
export const plainCamera: Camera = { width: 352, height: 198, frameRate: 7 };

/** Runs in the page before its own scripts: a small camera, and a look at what the browser sends. */
function watchMedia(delivered: Camera): void {
	window.peerConnections = [];
	window.deviceTracks = new Set();
	window.sentDeviceTracks = new Set();
	const Native = window.RTCPeerConnection;
	window.RTCPeerConnection = class extends Native {
		constructor(configuration?: RTCConfiguration) {
			super(configuration);
			window.peerConnections.push(this);
		}
	};
	const noteSent = (track: MediaStreamTrack | string | null) => {
		if (track instanceof MediaStreamTrack && window.deviceTracks.has(track.id))
			window.sentDeviceTracks.add(track.id);
	};
	const { replaceTrack } = RTCRtpSender.prototype;
	RTCRtpSender.prototype.replaceTrack = function (track) {
		noteSent(track);
		return replaceTrack.call(this, track);
	};
	const { addTransceiver } = Native.prototype;
	Native.prototype.addTransceiver = function (track, init) {
		noteSent(track);
		return addTransceiver.call(this, track, init);
	};
	if (!navigator.mediaDevices) return;
	const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
	navigator.mediaDevices.getUserMedia = async (constraints) => {
		const small = constraints?.video ? { ...constraints, video: delivered } : constraints;
		const stream = await getUserMedia(small);
		for (const track of stream.getTracks()) window.deviceTracks.add(track.id);
		return stream;
	};
}

/**
 * Runs in the page: waits until six more frames of the video were shown, of which not all are alike.
 *
 * @returns false if that takes longer than 12 s, or the video was taken out of the page or begins anew meanwhile.
 */
async function moves(video: HTMLVideoElement): Promise<boolean> {
	const canvas = document.createElement('canvas');
	[canvas.width, canvas.height] = [64, 36];
	const context = canvas.getContext('2d', { willReadFrequently: true });
	const picture = () => {
		context?.drawImage(video, 0, 0, 64, 36);
		return context?.getImageData(0, 0, 64, 36).data.join() ?? '';
	};
	const frames = () => video.mozPaintedFrames ?? video.getVideoPlaybackQuality().totalVideoFrames;
	const [before, first] = [frames(), picture()];
	for (let turn = 0; turn < 240 && video.isConnected && frames() >= before; turn++) {
		await new Promise((resolve) => setTimeout(resolve, 50));
		if (frames() > before + 5 && picture() !== first) return true;
	}
	return false;
}

/** What a page has of a video. The figures of its peer connection are missing as long as it has received nothing. */
export type Received = {
	paused: boolean;
	readyState: number;
	size: [width: number, height: number];
	/** Frames that were shown. */
	frames: number;
	/** The browser takes the id of the track from the description: it is that of the consumer. */
	track: { id: string; state: string; muted: boolean } | undefined;
	packetsReceived?: number;
	packetsLost?: number;
	framesDecoded?: number;
	keyFramesDecoded?: number;
	/** Requests for key frames. */
	pliCount?: number;
};

/** Runs in the page: how far the video has come, and what its peer connection received of it. */
export async function receivedOf(video: HTMLVideoElement): Promise<Received> {
	const stream = video.srcObject;
	const track = stream instanceof MediaStream ? stream.getVideoTracks()[0] : undefined;
	const shown: Received = {
		paused: video.paused,
		readyState: video.readyState,
		size: [video.videoWidth, video.videoHeight],
		frames: video.mozPaintedFrames ?? video.getVideoPlaybackQuality().totalVideoFrames,
		track: track && { id: track.id, state: track.readyState, muted: track.muted },
	};
	for (const connection of window.peerConnections) {
		const receiver = connection.getReceivers().find((one) => one.track === track);
		if (!receiver) continue;
		for (const entry of (await receiver.getStats()).values()) {
			if (entry.type !== 'inbound-rtp') continue;
			const { packetsReceived, packetsLost, framesDecoded, keyFramesDecoded, pliCount } = entry;
			return { ...shown, packetsReceived, packetsLost, framesDecoded, keyFramesDecoded, pliCount };
		}
	}
	return shown;
}

/** One person with a browser window of their own. */
export class Person {
	readonly name: string;
	readonly page: Page;
	readonly context: BrowserContext;
	/** Exceptions that no code of the page caught, with where they came from. */
	readonly exceptions: string[] = [];

	private constructor(name: string, context: BrowserContext, page: Page) {
		this.name = name;
		this.context = context;
		this.page = page;
		page.on('pageerror', (error) => {
			// Firefox tells of sockets without a network in the same way.
			if (!/^Firefox can.t establish a connection/.test(error.message))
				this.exceptions.push(error.stack ?? error.message);
		});
		// What breaks while a page is drawn is caught by SvelteKit, which shows its error page and logs the reason.
		page.on('console', (entry) => {
			if (entry.type() === 'error' && /^(?:Uncaught )?\w*Error\b[^]*\n\s+at /.test(entry.text()))
				this.exceptions.push(entry.text());
		});
	}

	static async open(
		browser: Browser,
		name: string,
		{ delivered = camera, ...options }: PersonOptions = {},
	): Promise<Person> {
		const context = await browser.newContext({
			baseURL: serviceUrl,
			serviceWorkers,
			...options,
		});
		await context.addInitScript(watchMedia, delivered);
		return new Person(name, context, await context.newPage());
	}

	get status(): Locator {
		return this.page.getByRole('status').first();
	}

	get controls(): Locator {
		return this.page.getByRole('toolbar', { name: 'Call controls' });
	}

	/** The tile of a participant; one's own is `own`. */
	tile(name: string): Locator {
		return this.page.getByTestId('tile').and(this.page.getByRole('group', { name, exact: true }));
	}

	/** To the lobby of the room, name typed, media path proved. */
	async toLobby(roomId: string): Promise<void> {
		await this.page.goto(`/room/${roomId}`);
		await this.page.getByRole('textbox', { name: 'Your name' }).fill(this.name);
		// On a busy machine UDP may seem to be blocked. The suite of networks looks at what each way is called.
		await expect(this.page.getByText(/Connected over (?:UDP|TCP)/)).toBeVisible();
	}

	async join(): Promise<void> {
		await this.page.getByRole('button', { name: 'Join', exact: true }).click();
		await expect(this.controls).toBeVisible();
	}

	/** Out of the call, as a host whom others are with: they go on without this one. */
	async leaveOthers(): Promise<void> {
		await this.controls.getByRole('button', { name: 'Leave' }).click();
		await this.page.getByRole('menuitem', { name: 'Leave', exact: true }).click();
	}

	/** Frames of this participant's video that were decoded and shown so far. */
	frames(name: string): Promise<number> {
		return this.tile(name)
			.locator('video')
			.evaluate((video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames);
	}

	/**
	 * Waits until the participant's picture moves: more frames come, and they differ.
	 *
	 * @throws Error that says what the page has of it, after 30 s.
	 */
	async seesMoving(name: string): Promise<void> {
		const video = this.tile(name).locator('video');
		await expect(async () => {
			expect(await video.evaluate(moves, undefined, { timeout: 30_000 })).toBe(true);
		})
			.toPass({ timeout: 30_000, intervals: [100] })
			.catch(async (error: Error) => {
				const found = (await video.count()) === 1 ? await video.evaluate(receivedOf) : 'no video';
				throw new Error(`${name} does not move: ${JSON.stringify(found)}`, { cause: error });
			});
	}

	/** All statistics of one kind over every peer connection of the page. */
	stats(type: string, kind: 'audio' | 'video'): Promise<Record<string, unknown>[]> {
		return this.page.evaluate(
			async ([wantedType, wantedKind]) => {
				const found: Record<string, unknown>[] = [];
				for (const connection of window.peerConnections) {
					if (connection.connectionState === 'closed') continue;
					for (const entry of (await connection.getStats()).values()) {
						if (entry.type === wantedType && entry.kind === wantedKind) found.push({ ...entry });
					}
				}
				return found;
			},
			[type, kind] as const,
		);
	}

	/** Sum of one figure over the statistics of one kind. */
	async total(type: string, kind: 'audio' | 'video', figure: string): Promise<number> {
		return (await this.stats(type, kind)).reduce(
			(sum, entry) => sum + Number(entry[figure] ?? 0),
			0,
		);
	}

	close(): Promise<void> {
		return this.context.close();
	}
}

type PersonOptions = BrowserContextOptions & { delivered?: Camera };

type Options = {
	/** What the cameras of this project's people deliver. */
	delivered: Camera;
};

type Fixtures = {
	/** An id that no other test uses. */
	roomId: RoomId;
	/** People in that room who have no browser and send nothing: enough for a tile. */
	cast: Cast;
	/** Opens a window for somebody new, without animations; it is closed with the test. */
	person: (name: string, options?: PersonOptions & { browser?: Browser }) => Promise<Person>;
	/** As `person`, and right into the room. */
	joined: Fixtures['person'];
};

export const test = base.extend<Fixtures & Options>({
	delivered: [camera, { option: true }],
	// eslint-disable-next-line no-empty-pattern -- the runner reads the names of the fixtures from here
	roomId: async ({}, use) => use(newRoomId()),
	cast: async ({ roomId }, use) => {
		const cast = new Cast({ url: serviceUrl }, roomId);
		await use(cast);
		cast.close();
	},
	person: async ({ browser: chromium, delivered }, use) => {
		const people: Person[] = [];
		await use(async (name, { browser = chromium, ...options } = {}) => {
			const person = await Person.open(browser, name, {
				reducedMotion: 'reduce',
				delivered,
				...options,
			});
			people.push(person);
			return person;
		});
		await Promise.all(people.map((person) => person.close()));
		expect(
			people.flatMap(({ name, exceptions }) => exceptions.map((one) => `${name}: ${one}`)),
		).toEqual([]);
	},
	joined: async ({ person, roomId }, use) => {
		await use(async (name, options) => {
			const someone = await person(name, options);
			await someone.toLobby(roomId);
			await someone.join();
			return someone;
		});
	},
});

export { expect };
