import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	expect,
	test as base,
	type Browser,
	type BrowserContext,
	type Locator,
	type Page,
} from 'playwright/test';
import { newRoomId, type RoomId } from '../../shared/ids.ts';
import { Cast } from './client.ts';
import { freePort } from './ports.ts';

/** Ports of this run; its workers, which are processes of their own, find them in the environment. */
const httpPort = (process.env['TEST_HTTP_PORT'] ??= String(await freePort()));
export const serviceUrl = `http://127.0.0.1:${httpPort}`;
export const mediaPort = Number((process.env['TEST_MEDIA_PORT'] ??= String(await freePort())));
/** Where the service of this run keeps what it keeps. */
export const dataDir = (process.env['TEST_DATA_DIR'] ??= mkdtempSync(
	join(tmpdir(), 'parley-browser-'),
));

export const launchOptions = {
	...(process.env['PARLEY_CHROMIUM'] && { executablePath: process.env['PARLEY_CHROMIUM'] }),
	args: [
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
}

/** Runs in the page before its own scripts: a small camera, and a look at what the browser sends. */
function watchMedia(): void {
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
		const small = constraints?.video
			? { ...constraints, video: { width: 640, height: 360, frameRate: 15 } }
			: constraints;
		const stream = await getUserMedia(small);
		for (const track of stream.getTracks()) window.deviceTracks.add(track.id);
		return stream;
	};
}

/** One person with a browser window of their own. */
export class Person {
	readonly name: string;
	readonly page: Page;
	readonly context: BrowserContext;

	private constructor(name: string, context: BrowserContext, page: Page) {
		this.name = name;
		this.context = context;
		this.page = page;
	}

	static async open(
		browser: Browser,
		name: string,
		options: Parameters<Browser['newContext']>[0] = {},
	): Promise<Person> {
		const context = await browser.newContext({ baseURL: serviceUrl, ...options });
		await context.addInitScript(watchMedia);
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
		await expect(this.page.getByText('Connected over UDP')).toBeVisible();
	}

	async join(): Promise<void> {
		await this.page.getByRole('button', { name: 'Join', exact: true }).click();
		await expect(this.controls).toBeVisible();
	}

	/** Frames of this participant's video that were decoded and shown so far. */
	frames(name: string): Promise<number> {
		return this.tile(name)
			.locator('video')
			.evaluate((video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames);
	}

	/** Waits until the participant's picture moves: more frames come, and they differ. */
	async seesMoving(name: string): Promise<void> {
		const before = await this.frames(name).catch(() => 0);
		await expect.poll(() => this.frames(name).catch(() => 0)).toBeGreaterThan(before + 5);
		const picture = () =>
			this.tile(name)
				.locator('video')
				.evaluate((video: HTMLVideoElement) => {
					const canvas = document.createElement('canvas');
					canvas.width = 64;
					canvas.height = 36;
					const context = canvas.getContext('2d');
					context?.drawImage(video, 0, 0, 64, 36);
					const { data = [] } = context?.getImageData(0, 0, 64, 36) ?? {};
					let digest = 0;
					for (const value of data) digest = (digest * 31 + value) | 0;
					return digest;
				});
		const first = await picture();
		await expect.poll(picture).not.toBe(first);
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

type Fixtures = {
	/** An id that no other test uses. */
	roomId: RoomId;
	/** People in that room who have no browser and send nothing: enough for a tile. */
	cast: Cast;
	/** Opens a window for somebody new; it is closed with the test. */
	person: (name: string, options?: Parameters<typeof Person.open>[2]) => Promise<Person>;
	/** As `person`, and right into the room. */
	joined: Fixtures['person'];
};

export const test = base.extend<Fixtures>({
	// eslint-disable-next-line no-empty-pattern -- the runner reads the names of the fixtures from here
	roomId: async ({}, use) => use(newRoomId()),
	cast: async ({ roomId }, use) => {
		const cast = new Cast({ url: serviceUrl }, roomId);
		await use(cast);
		cast.close();
	},
	person: async ({ browser }, use) => {
		const people: Person[] = [];
		await use(async (name, options) => {
			const person = await Person.open(browser, name, options);
			people.push(person);
			return person;
		});
		await Promise.all(people.map((person) => person.close()));
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
