import { CodedError } from '../../../shared/errors.ts';
import type { PeerId, RoomId } from '../../../shared/ids.ts';
import type { RemotePeer } from '../../../web/src/lib/features/call/engine/model.ts';
import { BotPage, type Failure, type PageOptions } from './botPage.ts';
import type { BotReport } from './botReport.ts';
import { withPatience } from './patience.ts';
import { Received, type StatsReport } from './received.ts';
import { readStamp, type Picture } from './stamp.ts';
import type { WebRtc } from './webrtc.ts';

export type BotPlan = {
	/** Its number among all bots. */
	id: number;
	roomId: RoomId;
	/** Its number in the room, from 0 on. */
	place: number;
	page: PageOptions;
	/** How many others send sound, how many send pictures, and how many share a screen for as long as the load is on. */
	others: { sound: number; pictures: number; screens?: number };
};

/** How long a bot may take until it is inside, in ms. */
export const joinPatience = 45_000;
/** How long a picture whose delay is measured may take to come, in ms. */
const picturePatience = 1000;
/** Of so many others at most a client asks for pictures; and so many are heard at a time unless a service is set otherwise. */
const most = { pictures: 24, heard: 8 } as const;

/** What one bot does and meets with, on a page of its own. */
export class BotRecord {
	readonly plan: BotPlan;
	readonly page: BotPage;
	readonly peers = new Map<PeerId, RemotePeer>();
	readonly received = new Received();
	readonly chat: BotReport['chat'] = { posted: 0, delivered: 0, delays: [] };
	/** Where the client is, in the words that it tells its page. */
	phase: string | null = null;
	readonly #webRtc: WebRtc;
	readonly #steps: Record<string, number[]> = {};
	readonly #pictureDelays: number[] = [];
	#from: number | null = null;
	#at: number | null = null;
	/** What waits for something that the client tells. */
	readonly #waiting = new Set<() => void>();

	constructor(plan: BotPlan, webRtc: WebRtc) {
		this.plan = plan;
		this.#webRtc = webRtc;
		this.page = new BotPage(String(plan.id), webRtc, plan.page);
	}

	/**
	 * Goes in, which is to be timed by the steps that it takes. What goes wrong is in the report.
	 *
	 * @returns whether the bot is inside.
	 */
	async join(steps: () => Promise<void>): Promise<boolean> {
		this.#from ??= Date.now();
		try {
			await steps();
			this.#at ??= Date.now();
			return true;
		} catch (error) {
			// What the service answered is counted where it was answered.
			const { code, message } = codeAndMessage(error);
			if (code === 'TIMEOUT' || this.failures === 0) this.page.failed('join', code, message);
			return false;
		}
	}

	/** The load is on: what was received before does not count. */
	async begin(): Promise<void> {
		await this.sample();
		this.received.begin();
	}

	/** Takes a look at what is received. */
	async sample(): Promise<void> {
		// Between two sessions there is nothing to look at.
		const report = await this.page.receiving?.getStats().catch(() => null);
		if (report) this.received.take(report as StatsReport);
	}

	/** Measures how old the next picture of one of the others is. Does nothing where none is decoded. */
	async measurePicture(): Promise<void> {
		if (this.page.bulk !== null) return;
		const tracks = [...this.peers.values()].flatMap(({ video, share }) =>
			[video, share].flatMap((stream) => stream?.getVideoTracks() ?? []),
		);
		const track = tracks[Math.floor(Math.random() * tracks.length)];
		if (!track) return;
		const sink = new this.#webRtc.nonstandard.RTCVideoSink(track);
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, picturePatience);
			sink.onframe = ({ frame }: { frame: Picture }) => {
				const at = readStamp(frame);
				if (at !== null) this.#pictureDelays.push(Date.now() - at);
				clearTimeout(timer);
				resolve();
			};
		});
		sink.onframe = null;
		sink.stop();
	}

	/** Whether it receives all that it expects. */
	get complete(): boolean {
		const { sound, heard, pictures, seen } = this.#others;
		return seen >= pictures && heard >= Math.min(sound, most.heard);
	}

	get bytes(): number {
		return this.received.figures.bytes;
	}

	get failures(): number {
		return this.page.failures.length;
	}

	/** @param inside whether the bot is where it misses the others. */
	report(inside: boolean): BotReport {
		const all = [...this.page.failures, ...(inside ? this.#missing : [])];
		const failures = Map.groupBy(all, ({ what, code }) => `${what} ${code}`);
		const requests = Map.groupBy(this.page.answers, ({ name }) => name);
		return {
			...{ joinedFrom: this.#from, joinedAt: this.#at },
			steps: this.#steps,
			requests: Object.fromEntries(
				[...requests].map(([name, answers]) => [name, answers.map(({ ms }) => ms)]),
			),
			failures: [...failures.values()].flatMap(([first, ...more]) =>
				first ? [{ ...first, count: more.length + 1 }] : [],
			),
			others: this.#others,
			received: this.received.figures,
			bitrates: this.received.bitrates,
			pictureDelays: this.#pictureDelays,
			chat: this.chat,
		};
	}

	/** These are the others now. */
	meet(peers: readonly RemotePeer[]): void {
		this.peers.clear();
		for (const peer of peers) this.update(peer);
	}

	/** Something about one of the others changed. */
	update(peer: RemotePeer): void {
		this.peers.set(peer.peerId, peer);
		for (const stream of [peer.audio, peer.video, peer.share, peer.shareAudio])
			for (const { id } of stream?.getTracks() ?? []) this.received.expect(id);
	}

	/** The client told something: those who wait look whether it is what they wait for. */
	look(): void {
		for (const look of [...this.#waiting]) look();
	}

	/** @throws {Error} where the client fails, or it takes longer than this, in ms; null for no bound. */
	async until(holds: () => boolean, most: number | null): Promise<void> {
		const held = new Promise<void>((resolve, reject) => {
			const look = () => {
				if (this.phase === 'failed') reject(new CodedError('UNAVAILABLE'));
				else if (holds()) resolve();
				else return;
				this.#waiting.delete(look);
			};
			this.#waiting.add(look);
			look();
		});
		await (most === null ? held : withPatience(held, most));
	}

	/** Notes how long this step takes. */
	async timed(step: string, task: () => Promise<void>): Promise<void> {
		const began = performance.now();
		await task();
		this.note(step, performance.now() - began);
	}

	note(step: string, ms: number): void {
		(this.#steps[step] ??= []).push(ms);
	}

	/** Notes those of these steps that the client has marked after this one. */
	noteMarks(from: string, names: readonly string[]): void {
		for (const name of names) {
			const ms = this.page.markAfter(from, name);
			if (ms !== null) this.note(name, ms);
		}
	}

	get #others(): BotReport['others'] {
		const peers = [...this.peers.values()];
		const count = (holds: (peer: RemotePeer) => boolean) => peers.filter(holds).length;
		const has = (stream: MediaStream | null) => this.received.lack(stream) === null;
		const { sound, pictures, screens = 0 } = this.plan.others;
		const cameras = Math.max(
			pictures,
			count(({ cameraOn }) => cameraOn),
		);
		const shares = Math.max(
			screens,
			count(({ share }) => share !== null),
		);
		return {
			sound: Math.max(
				sound,
				count(({ microphoneOn }) => microphoneOn),
			),
			heard: count(({ audio }) => has(audio)),
			pictures: Math.min(most.pictures, cameras) + shares,
			seen: count(({ video }) => has(video)) + count(({ share }) => has(share)),
		};
	}

	/** What is missing at the end, and on which side it got stuck, as far as this client can tell. */
	get #missing(): Failure[] {
		if (this.complete) return [];
		const peers = [...this.peers.values()];
		const { sound, pictures, screens = 0 } = this.plan.others;
		const missing = (what: string, code: string | null) =>
			code === null ? [] : [{ what, code, message: lacks[code] ?? '' }];
		const all = (what: string, expected: number, streams: (MediaStream | null)[]) => [
			...streams.flatMap((stream) => missing(what, this.received.lack(stream))),
			...Array.from({ length: Math.max(0, expected - streams.length) }, () =>
				missing(what, 'NOT_TOLD'),
			).flat(),
		];
		const [talking, filming, sharing] = [
			peers.filter(({ microphoneOn }) => microphoneOn),
			peers.filter(({ cameraOn }) => cameraOn),
			peers.filter(({ share }) => share !== null),
		];
		return [
			...all(
				'sound',
				sound,
				talking.map(({ audio }) => audio),
			),
			...all(
				'picture',
				Math.min(most.pictures, pictures),
				filming.map(({ video }) => video),
			),
			...all(
				'screen',
				screens,
				sharing.map(({ share }) => share),
			),
		];
	}
}

/** What a stream lacks, in words. */
const lacks: Record<string, string> = {
	NOT_TOLD: 'The service did not say that another bot sends it.',
	NO_CONSUMER: 'The client has no consumer for it.',
	NO_PACKETS: 'The client has a consumer, and no packet came.',
	NOT_DECODED: 'Packets came, and no picture could be decoded.',
};

/** Each page has a class of its own for the errors of the service, so that they are told by their code. */
function codeAndMessage(error: unknown): { code: string; message: string } {
	if (!(error instanceof Error)) return { code: 'INTERNAL', message: String(error) };
	const { message } = error;
	return { code: 'code' in error ? String(error.code) : 'INTERNAL', message };
}
