import { CodedError } from '../../../shared/errors.ts';
import type { PeerId, RoomId } from '../../../shared/ids.ts';
import type { CallObserver, RemotePeer } from '../../../web/src/lib/features/call/engine/model.ts';
import { BotPage, type Failure, type PageOptions } from './botPage.ts';
import type { BotReport } from './botReport.ts';
import { loadClient, type ClientCode } from './pageModules.ts';
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
	/** How many others send sound, and how many send pictures, for as long as the load is on. */
	others: { sound: number; pictures: number };
};

/** How long a bot may take until it is inside, in ms. */
const joinPatience = 45_000;
/** How often it is looked whether the first packet is there, and for how long, in ms. */
const packetWatch = { pause: 50, most: 15_000 } as const;
/** How long a picture whose delay is measured may take to come, in ms. */
const picturePatience = 1000;
/** Of so many others at most a client asks for pictures; and so many are heard at a time unless a service is set otherwise. */
const most = { pictures: 24, heard: 8 } as const;

/** The marks of the client between the wish to join and the first picture of another person. */
const marks = ['join-sent', 'join-answered', 'consumers-built', 'resumed', 'first-frame'] as const;

export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
	new Promise((resolve) => {
		const end = () => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', end);
			resolve();
		};
		const timer = setTimeout(end, ms);
		if (signal?.aborted) end();
		else signal?.addEventListener('abort', end);
	});

/** A client of the service: the project's own, on a page of its own, with nobody before it. */
export class Bot {
	readonly plan: BotPlan;
	readonly #page: BotPage;
	readonly #webRtc: WebRtc;
	readonly #peers = new Map<PeerId, RemotePeer>();
	readonly #received = new Received();
	readonly #steps: Record<string, number[]> = {};
	readonly #pictureDelays: number[] = [];
	readonly #chat: BotReport['chat'] = { posted: 0, delivered: 0, delays: [] };
	#client: ClientCode | null = null;
	#call: InstanceType<ClientCode['Call']> | null = null;
	#phase: string | null = null;
	#pathKnown = false;
	#present = 0;
	#from: number | null = null;
	#at: number | null = null;
	/** What waits for something that the client tells. */
	readonly #waiting = new Set<() => void>();

	constructor(plan: BotPlan, webRtc: WebRtc) {
		this.plan = plan;
		this.#webRtc = webRtc;
		this.#page = new BotPage(String(plan.id), webRtc, plan.page);
	}

	/** Loads the client's code, which takes time from all bots of the process. To be done before the first one joins. */
	async load(): Promise<void> {
		this.#client = await loadClient(this.#page);
	}

	/** Whether it is in the room now. */
	get inside(): boolean {
		return this.#phase === 'joined';
	}

	/**
	 * Opens the page and goes through the lobby into the room, or does it again after it left. What goes wrong is in the report.
	 *
	 * @returns whether the bot is inside.
	 */
	async join(): Promise<boolean> {
		this.#from ??= Date.now();
		try {
			const call = await this.#toLobby();
			await this.#intoRoom(call);
			this.#at ??= Date.now();
			return true;
		} catch (error) {
			// What the service answered is counted where it was answered.
			const { code, message } = codeAndMessage(error);
			if (code === 'TIMEOUT' || this.failures === 0) this.#page.failed('join', code, message);
			return false;
		}
	}

	leave(): void {
		this.#call?.leave();
	}

	/** Turns the microphone or the camera on or off. */
	async turn(device: 'microphone' | 'camera', on: boolean): Promise<void> {
		await this.#call?.devices.set(device, on);
	}

	/** Opens the chat of the room. @returns what posts a message; its delivery to all is measured. */
	async openChat(): Promise<(text: string) => void> {
		const [client, call] = [this.#client, this.#call];
		if (!client || !call) throw new Error('The bot is not inside.');
		let open = false;
		const chat = new client.ChatClient({
			roomId: this.plan.roomId,
			server: call.server,
			observer: observerOf((name, told) => {
				if (name === 'phase') open = (told as { kind: string }).kind === 'open';
				this.#look();
			}),
			observe: () => observerOf(() => undefined),
		});
		call.server.on('chat:posted', ({ messages }) => {
			for (const { content } of messages) {
				const sentAt = content.kind === 'text' ? sentAtOf(content.body) : null;
				if (sentAt === null) continue;
				this.#chat.delivered++;
				this.#chat.delays.push(Date.now() - sentAt);
			}
		});
		chat.open();
		const conversation = chat.conversation(null);
		conversation.want();
		await this.#until(() => open, joinPatience);
		return (text) => {
			this.#chat.posted++;
			const body = `${text} ${sentMark}${Date.now()}`;
			conversation.post({ body, mentions: [], files: [], replyTo: null });
		};
	}

	/** The load is on: what was received before does not count. */
	async begin(): Promise<void> {
		await this.sample();
		this.#received.begin();
	}

	/** Takes a look at what is received. */
	async sample(): Promise<void> {
		// Between two sessions there is nothing to look at.
		const report = await this.#page.receiving?.getStats().catch(() => null);
		if (report) this.#received.take(report as StatsReport);
	}

	/** Measures how old the next picture of one of the others is. Does nothing where there is none. */
	async measurePicture(): Promise<void> {
		const tracks = [...this.#peers.values()].flatMap(({ video }) => video?.getVideoTracks() ?? []);
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
		return this.#received.figures.bytes;
	}

	get failures(): number {
		return this.#page.failures.length;
	}

	get report(): BotReport {
		const all = [...this.#page.failures, ...this.#missing];
		const failures = Map.groupBy(all, ({ what, code }) => `${what} ${code}`);
		const requests = Map.groupBy(this.#page.answers, ({ name }) => name);
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
			received: this.#received.figures,
			bitrates: this.#received.bitrates,
			pictureDelays: this.#pictureDelays,
			chat: this.#chat,
		};
	}

	close(): void {
		this.#call?.close();
	}

	async #toLobby(): Promise<InstanceType<ClientCode['Call']>> {
		if (!this.#client) throw new Error('The bot is not loaded.');
		if (!this.#call) {
			await this.#timed('session', () => this.#page.load());
			const observer = observerOf<CallObserver>((name, told) => this.#onTold(name, told));
			this.#call = new this.#client.Call(this.plan.roomId, observer);
		}
		const call = this.#call;
		this.#pathKnown = false;
		call.enter();
		await this.#timed('lobby', () => this.#until(() => this.#phase === 'lobby', joinPatience));
		// A person looks around there, while the client proves the path of the media.
		await this.#timed('path', () => this.#until(() => this.#pathKnown, joinPatience));
		return call;
	}

	async #intoRoom(call: InstanceType<ClientCode['Call']>): Promise<void> {
		const others = this.#present > 0;
		const [began, packets] = [performance.now(), this.#received.packets];
		await this.#timed('joined', () =>
			withPatience(call.join(`Bot ${this.plan.id + 1}`), joinPatience),
		);
		// Where the room was empty, the first packet and the first picture wait for somebody to come.
		if (others) void this.#watchFirst(began, packets);
		else this.#noteMarks(['join-sent', 'join-answered']);
	}

	/** Notes when the first packet of another person came after so many, and the first picture. */
	async #watchFirst(began: number, packets: number): Promise<void> {
		const end = began + packetWatch.most;
		let packet = false;
		while (this.inside && performance.now() < end) {
			if (!packet) {
				await this.sample();
				packet = this.#received.packets > packets;
				if (packet) this.#note('first-packet', performance.now() - began);
			}
			const pictures = [...this.#peers.values()].some(({ cameraOn }) => cameraOn);
			if (packet && (!pictures || this.#page.markAfterJoin('first-frame') !== null)) break;
			await pause(packetWatch.pause);
		}
		this.#noteMarks(marks);
	}

	#noteMarks(names: readonly string[]): void {
		for (const name of names) {
			const ms = this.#page.markAfterJoin(name);
			if (ms !== null) this.#note(name, ms);
		}
	}

	get #others(): BotReport['others'] {
		const peers = [...this.#peers.values()];
		const has = (stream: MediaStream | null) => this.#received.lack(stream) === null;
		const { sound, pictures } = this.plan.others;
		const known = {
			sound: peers.filter(({ microphoneOn }) => microphoneOn).length,
			pictures: peers.filter(({ cameraOn }) => cameraOn).length,
		};
		return {
			sound: Math.max(sound, known.sound),
			heard: peers.filter(({ audio }) => has(audio)).length,
			pictures: Math.min(most.pictures, Math.max(pictures, known.pictures)),
			seen: peers.filter(({ video }) => has(video)).length,
		};
	}

	/** What is missing at the end, and on which side it got stuck, as far as this client can tell. */
	get #missing(): Failure[] {
		if (!this.inside || this.complete) return [];
		const peers = [...this.#peers.values()];
		const { sound, pictures } = this.#others;
		const missing = (what: string, code: string | null) =>
			code === null ? [] : [{ what, code, message: lacks[code] ?? '' }];
		const unknown = (what: string, expected: number, known: number) =>
			Array.from({ length: Math.max(0, expected - known) }, () => missing(what, 'NOT_TOLD')).flat();
		const [talking, filming] = [
			peers.filter(({ microphoneOn }) => microphoneOn),
			peers.filter(({ cameraOn }) => cameraOn),
		];
		return [
			...talking.flatMap(({ audio }) => missing('sound', this.#received.lack(audio))),
			...filming.flatMap(({ video }) => missing('picture', this.#received.lack(video))),
			...unknown('sound', sound, talking.length),
			...unknown('picture', pictures, filming.length),
		];
	}

	#onTold<N extends keyof CallObserver>(name: N, told: unknown): void {
		if (name === 'status') {
			const { phase } = told as Parameters<CallObserver['status']>[0];
			this.#phase = phase.kind;
		}
		if (name === 'path') this.#pathKnown = (told as { kind: string }).kind !== 'checking';
		if (name === 'present') this.#present = told as number;
		if (name === 'peers') {
			this.#peers.clear();
			for (const peer of told as readonly RemotePeer[]) this.#onPeer(peer);
		}
		if (name === 'peer') this.#onPeer(told as RemotePeer);
		this.#look();
	}

	#onPeer(peer: RemotePeer): void {
		this.#peers.set(peer.peerId, peer);
		for (const stream of [peer.audio, peer.video])
			for (const { id } of stream?.getTracks() ?? []) this.#received.expect(id);
	}

	#look(): void {
		for (const look of [...this.#waiting]) look();
	}

	/** @throws {Error} where the client fails, or it takes longer than this, in ms. */
	async #until(holds: () => boolean, most: number): Promise<void> {
		const held = new Promise<void>((resolve, reject) => {
			const look = () => {
				if (this.#phase === 'failed') reject(new CodedError('UNAVAILABLE'));
				else if (holds()) resolve();
				else return;
				this.#waiting.delete(look);
			};
			this.#waiting.add(look);
			look();
		});
		await withPatience(held, most);
	}

	async #timed(step: string, task: () => Promise<void>): Promise<void> {
		const began = performance.now();
		await task();
		this.#note(step, performance.now() - began);
	}

	#note(step: string, ms: number): void {
		(this.#steps[step] ??= []).push(ms);
	}
}

/** What a stream lacks, in words. */
const lacks: Record<string, string> = {
	NOT_TOLD: 'The service did not say that another bot sends it.',
	NO_CONSUMER: 'The client has no consumer for it.',
	NO_PACKETS: 'The client has a consumer, and no packet came.',
	NOT_DECODED: 'Packets came, and no picture could be decoded.',
};

const sentMark = 'sent at ';

/** When a message of a bot was written, in ms since 1970; null for others. */
function sentAtOf(body: string): number | null {
	const at = body.lastIndexOf(sentMark);
	return at < 0 ? null : Number(body.slice(at + sentMark.length));
}

class Late extends Error {
	readonly code = 'TIMEOUT';
}

/** Each page has a class of its own for the errors of the service, so that they are told by their code. */
function codeAndMessage(error: unknown): { code: string; message: string } {
	if (!(error instanceof Error)) return { code: 'INTERNAL', message: String(error) };
	const { message } = error;
	return { code: 'code' in error ? String(error.code) : 'INTERNAL', message };
}

/** An observer of which each method calls this. */
function observerOf<O extends object>(tell: (name: never, told: unknown) => void): O {
	const methods = new Map<string | symbol, (told: unknown) => void>();
	return new Proxy({} as O, {
		get(_, name) {
			const known = methods.get(name) ?? ((told: unknown) => tell(name as never, told));
			methods.set(name, known);
			return known;
		},
	});
}

/** @throws {Late} where it takes longer than this, in ms. */
async function withPatience(task: Promise<void>, most: number): Promise<void> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Late(`It took more than ${most / 1000} s.`)), most);
	});
	try {
		await Promise.race([task, late]);
	} finally {
		clearTimeout(timer);
	}
}
