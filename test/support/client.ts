import { io, type Socket } from 'socket.io-client';
import { CodedError, type Answer, type ErrorCode } from '../../shared/errors.ts';
import { newRoomId, type RoomId } from '../../shared/ids.ts';
import {
	facts,
	type ClientToServer,
	type Data,
	type FactName,
	type RequestName,
	type Sent,
	type ServerToClient,
	type FactOf,
} from '../../shared/protocol.ts';
import type { Service } from './service.ts';

import { cookieFrom } from './wire.ts';

type Fact = { [N in FactName]: { name: N; told: FactOf<N> } }[FactName];

/** A guest's cookie. */
export async function guestCookie(url: string): Promise<string> {
	const response = await fetch(`${url}/api/session`);
	return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

type ConnectOptions = {
	cookie?: string;
	headers?: Record<string, string>;
	/** The room that its page visits by another site's token. */
	visit?: string;
	from?: string;
	/** Where it is on its way to, on a service of several nodes. */
	place?: string;
	/** How it connects: by WebSocket unless another way is named. */
	transport?: 'websocket' | 'polling';
	/** Whether it goes to another node when it is told to. */
	moves?: boolean;
};

/** Requests that hold for as long as the connection does. */
const standing = /^(?:people:enter|people:open|chat:open)$/;

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;

/** How long a fact may take, in ms: far longer than it does. */
const patience = 20_000;

/** A signalling client on a real socket that remembers every fact it was told. */
export class TestClient {
	readonly facts: Fact[] = [];
	readonly socket: Socket<ServerToClient, ClientToServer>;
	readonly cookie: string;
	readonly #watchers = new Set<() => void>();
	/** What it asked for that a connection has to ask for again. */
	readonly #standing = new Map<string, [name: string, input: unknown]>();
	readonly #moves: boolean;

	private constructor(
		url: string,
		cookie: string,
		headers: Record<string, string>,
		{ from, place, visit, transport = 'websocket', moves = true }: ConnectOptions,
	) {
		this.#moves = moves;
		this.cookie = cookie;
		const { origin, pathname } = new URL(url);
		this.socket = io(origin, {
			path: `${pathname.replace(/\/$/, '')}/socket.io/`,
			transports: [transport],
			forceNew: true,
			reconnection: false,
			extraHeaders: { cookie, ...headers },
			...(from && { localAddress: from }),
			...(place && { query: { place } }),
			...(visit && { query: { place: visit }, auth: { page: '?visit=' } }),
		});
		for (const name of Object.keys(facts) as FactName[]) {
			// Every socket is told that, and it is about nothing that happens.
			if (name === 'service:version') continue;
			this.socket.on(name, (told: FactOf<FactName>) => {
				this.facts.push({ name, told } as Fact);
				for (const watch of this.#watchers) watch();
			});
		}
	}

	/** Connects a new guest, or the person that the cookie belongs to, from any address of loopback. */
	static async connect(
		{ url }: Pick<Service, 'url'>,
		options: ConnectOptions = {},
	): Promise<TestClient> {
		const { from, headers = {} } = options;
		const cookie = options.cookie ?? (await (from ? cookieFrom(url, from) : guestCookie(url)));
		const client = new TestClient(url, cookie, headers, options);
		await client.#connected();
		return client;
	}

	/** Asks and gives back the answer as it came, whatever was sent. */
	async raw(name: string, input: unknown): Promise<Answer<unknown>> {
		const emit = this.socket.timeout(patience).emitWithAck.bind(this.socket.timeout(patience)) as (
			name: string,
			input: unknown,
		) => Promise<Answer<unknown>>;
		const answer = await emit(name, input);
		if (!answer.ok && answer.error.code === 'ELSEWHERE' && this.#moves) {
			await this.#moveTo(
				isRecord(input) && 'roomId' in input ? String(input['roomId']) : 'strangers',
			);
			return this.raw(name, input);
		}
		if (answer.ok && standing.test(name))
			this.#standing.set(`${name} ${JSON.stringify(isRecord(input) && input['roomId'])}`, [
				name,
				input,
			]);
		return answer;
	}

	/** To the node that has this place, as a page does it. */
	async #moveTo(place: string): Promise<void> {
		this.socket.io.opts.query = { place };
		this.socket.disconnect();
		const connected = this.#connected();
		this.socket.connect();
		await connected;
		for (const [name, input] of this.#standing.values()) await this.raw(name, input);
	}

	#connected(): Promise<void> {
		return new Promise<void>((resolve, reject) => {
			this.socket.once('connect', resolve);
			this.socket.once('connect_error', reject);
		});
	}

	/** Asks and gives back the data, or throws the coded error. */
	async ask<N extends RequestName>(name: N, input: Sent<N>): Promise<Data<N>> {
		const answer = await this.raw(name, input);
		if (!answer.ok) throw new CodedError(answer.error.code, answer.error.message);
		return answer.data as Data<N>;
	}

	/** The code of the failure that this request is answered with, or `OK`. */
	async codeOf(name: string, input: unknown): Promise<ErrorCode | 'OK'> {
		const answer = await this.raw(name, input);
		return answer.ok ? 'OK' : answer.error.code;
	}

	/** Into the lobby and on into the room. */
	async join(roomId: RoomId, name = 'Guest', videos = 9): Promise<Data<'room:join'>> {
		const lobby = await this.ask('lobby:enter', { roomId });
		return this.ask('room:join', {
			roomId,
			name,
			rtpCapabilities: lobby.routerRtpCapabilities,
			firstPage: { videos, width: 640, height: 360 },
		});
	}

	/** All that was told under this name so far. */
	told<N extends FactName>(name: N): FactOf<N>[] {
		return this.facts.filter((fact) => fact.name === name).map((fact) => fact.told as FactOf<N>);
	}

	/** Waits for a fact that fits; one that came already counts. */
	async until<N extends FactName>(
		name: N,
		fits: (told: FactOf<N>) => boolean = () => true,
	): Promise<FactOf<N>> {
		const look = () => this.told(name).find(fits);
		const there = look();
		if (there) return there;
		return new Promise((resolve, reject) => {
			const watch = () => {
				const found = look();
				if (!found) return;
				clearTimeout(timer);
				this.#watchers.delete(watch);
				resolve(found);
			};
			const timer = setTimeout(() => {
				this.#watchers.delete(watch);
				reject(new Error(`${name} was not told in time; told: ${JSON.stringify(this.facts)}`));
			}, patience);
			this.#watchers.add(watch);
		});
	}

	close(): void {
		this.socket.disconnect();
	}
}

/** Clients and rooms of one test, closed together at its end. */
export class Cast {
	readonly #service: Pick<Service, 'url'>;
	readonly #clients: TestClient[] = [];
	readonly roomId: RoomId;

	constructor(service: Pick<Service, 'url'>, roomId: RoomId = newRoomId()) {
		this.#service = service;
		this.roomId = roomId;
	}

	async connect(options: Parameters<typeof TestClient.connect>[1] = {}): Promise<TestClient> {
		const client = await TestClient.connect(this.#service, options);
		this.#clients.push(client);
		return client;
	}

	/** A client in the room of this cast. */
	async joined(name?: string, videos?: number): Promise<TestClient> {
		const client = await this.connect();
		await client.join(this.roomId, name, videos);
		return client;
	}

	close(): void {
		for (const client of this.#clients) client.close();
	}
}

/**
 * Waits until `holds` is true; for what no fact announces. It asks less and less often:
 * who asks a service again all the time is cut off by it (CONN-6).
 */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
	const end = Date.now() + patience;
	let pause = 20;
	while (!(await holds())) {
		if (Date.now() > end) throw new Error('what was waited for did not happen');
		await new Promise((resolve) => setTimeout(resolve, pause));
		pause = Math.min(pause * 1.2, 250);
	}
}
