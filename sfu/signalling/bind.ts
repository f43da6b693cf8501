import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import * as v from 'valibot';
import { CodedError, type Answer } from '#shared/errors.ts';
import { roomId, type RoomId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import { requests, type Data, type Parsed, type RequestName } from '#shared/protocol.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { checkLimit } from '../people/entry.ts';
import { isInCall, mayAsk } from '../rooms/permissions.ts';
import { Client, type ClientSocket } from './client.ts';
import type { Context, Handler, Handlers } from './handlers.ts';
import { onCall } from './onCall.ts';
import { onChat } from './onChat.ts';
import { onHost } from './onHost.ts';
import { onLobby } from './onLobby.ts';
import { onMatch } from './onMatch.ts';
import { onMedia } from './onMedia.ts';
import { onPeople } from './onPeople.ts';
import { onRoom } from './onRoom.ts';

const handlers: Handlers = {
	...onLobby,
	...onRoom,
	...onHost,
	...onMedia,
	...onMatch,
	...onChat,
	...onPeople,
	...onCall,
};

/** What a person may ask for in each span of time: points, and seconds. */
const budget = { points: 300, duration: 5 };
/** Requests that cost the server more than a look cost more points than one. */
const costs: Partial<Record<RequestName, number>> = {
	'lobby:enter': 10,
	'room:knock': 20,
	'room:hand': 5,
	'room:react': 5,
	'room:rename': 10,
	'host:policy': 10,
	'host:mute-all': 10,
	'host:remove': 5,
	'host:name': 5,
	'host:allow': 5,
	'media:produce': 3,
	'match:enter': 10,
	'match:start': 5,
	'match:next': 5,
	'match:post': 3,
	'match:keep': 5,
	'match:block': 10,
	'match:report': 20,
	'chat:open': 5,
	'chat:enter': 5,
	'chat:post': 3,
	'chat:edit': 3,
	'chat:delete': 3,
	'chat:react': 3,
	'chat:correct': 3,
	'chat:search': 10,
	'people:open': 10,
	'people:add': 5,
	'people:add-by-code': 20,
	'people:block': 5,
	'people:unblock': 5,
	'people:code': 5,
	'people:direct': 5,
	'people:history': 5,
	'call:start': 10,
};
/** Requests of one socket that may wait for their turn. */
const queueLength = 200;

const isRecord = (input: unknown) =>
	typeof input === 'object' && input !== null && Object.getPrototypeOf(input) === Object.prototype;
/** Requests that wait for each other, and not for those of other lanes (R7). What has no lane of its own is the call's. */
const isLane = (prefix: string | undefined) =>
	prefix === 'chat' || prefix === 'host' || prefix === 'match' || prefix === 'people';
const isRequest = (name: string): name is RequestName => Object.hasOwn(requests, name);

/**
 * The one place where sockets are listened to. Every request is measured, budgeted, parsed, checked
 * against the client's phase, handed to its handler and answered here (R3 to R8).
 */
export class Binder {
	readonly #context: Context;
	readonly #metrics: Metrics;
	readonly #log: Log;
	readonly #budget = new RateLimiterMemory(budget);

	constructor(context: Context, metrics: Metrics, log: Log) {
		this.#context = context;
		this.#metrics = metrics;
		this.#log = log;
	}

	bind(socket: ClientSocket): void {
		const { presence, calls } = this.#context.people;
		const client = new Client(socket, ({ personId, place }) =>
			presence.change(personId, client, { inCall: isInCall(place.phase) }),
		);
		let waiting = 0;
		// The requests of one socket, one after the other (R7), and its end after the last of them. What is
		// written waits for the disk, and nothing else waits for what is written.
		const lanes = {
			call: Promise.resolve(),
			chat: Promise.resolve(),
			host: Promise.resolve(),
			match: Promise.resolve(),
			people: Promise.resolve(),
		};
		socket.onAny((name: string, input: unknown, acknowledge: unknown) => {
			if (typeof acknowledge !== 'function') return;
			const arrived = performance.now();
			const [prefix] = name.split(':', 1);
			const lane = isLane(prefix) ? prefix : 'call';
			const answer = (given: Answer<unknown>) => {
				acknowledge(given);
				if (lane === 'call') client.release();
				const seconds = (performance.now() - arrived) / 1000;
				const label = isRequest(name) ? name : 'unknown';
				this.#metrics.answered(label, given.ok ? 'OK' : given.error.code, seconds);
			};
			if (waiting >= queueLength) {
				answer({ ok: false, error: new CodedError('TOO_MANY_REQUESTS').toWire() });
				return;
			}
			waiting++;
			lanes[lane] = lanes[lane].then(async () => {
				answer(await this.#carryOut(client, name, input));
				waiting--;
			});
		});
		socket.on('disconnect', () => {
			presence.leave(client.personId, client);
			calls.gone(client);
			const ended = Promise.all([lanes.call, lanes.match]);
			lanes.call = ended.then(() => {
				if (client.place.phase === 'outside') return;
				if (socket.data.ended) client.place.live.leave(client);
				else client.place.live.lose(client);
			});
		});
	}

	async #carryOut(client: Client, name: string, input: unknown): Promise<Answer<unknown>> {
		try {
			await this.#spend(client, isRequest(name) ? (costs[name] ?? 1) : 1);
			if (!isRequest(name)) throw new CodedError('UNKNOWN_REQUEST');
			return { ok: true, data: await this.#handle(client, name, input) };
		} catch (error) {
			if (error instanceof CodedError) return { ok: false, error: error.toWire() };
			this.#log.error({ request: name, err: error }, 'request failed');
			return { ok: false, error: new CodedError('INTERNAL').toWire() };
		}
	}

	async #handle<N extends RequestName>(client: Client, name: N, input: unknown): Promise<Data<N>> {
		const parsed = parse(name, input);
		checkLimit(client.visitor.roomId, roomOf(name, parsed, client));
		if (!mayAsk(name, client.place.phase)) throw new CodedError('WRONG_PHASE');
		const handler: Handler<N> = handlers[name];
		return handler(client, parsed, this.#context);
	}

	async #spend(client: Client, points: number): Promise<void> {
		try {
			await this.#budget.consume(client.personId, points);
		} catch (refusal) {
			throw refusal instanceof RateLimiterRes ? new CodedError('TOO_MANY_REQUESTS') : refusal;
		}
	}
}

/** What is asked for in rooms; all else is about no room. */
const inRooms = /^(?:lobby|room|media|host|chat):/;

/** The room that a request is about: the one it names, or the one the client is in. */
function roomOf(name: RequestName, parsed: object, { place }: Client): RoomId | null {
	if (!inRooms.test(name)) return null;
	const chat: unknown = 'chat' in parsed ? parsed.chat : null;
	const naming = typeof chat === 'object' && chat !== null ? chat : parsed;
	const named = v.safeParse(v.object({ roomId }), naming);
	if (named.success) return named.output.roomId;
	return place.phase !== 'outside' && 'room' in place.live ? place.live.room.id : null;
}

/** The request's data if it fits the schema (R4, R5). */
function parse<N extends RequestName>(name: N, input: unknown): Parsed<N> {
	if (Buffer.byteLength(JSON.stringify(input ?? null)) > limits.requestBytes)
		throw new CodedError('TOO_LARGE');
	// A list or bytes would pass for an object of which no key is needed.
	if (!isRecord(input)) throw new CodedError('BAD_REQUEST');
	const result = v.safeParse(requests[name].input, input);
	if (result.success) return result.output as Parsed<N>;
	const [issue] = result.issues;
	const path = v.getDotPath(issue);
	throw new CodedError('BAD_REQUEST', path ? `${path}: ${issue.message}` : issue.message);
}
