import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import * as v from 'valibot';
import { CodedError, type Answer } from '#shared/errors.ts';
import { roomId, type RoomId } from '#shared/ids.ts';
import { requests, type Data, type Parsed, type RequestName } from '#shared/protocol.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { checkLimit } from '../people/entry.ts';
import { isInCall, mayAsk } from '../rooms/permissions.ts';
import { bounds } from './bounds.ts';
import { Client, type ClientSocket } from './client.ts';
import { addressBudget, costOf, costOfAnswer, personBudget } from './costs.ts';
import type { Context, Handler, Handlers } from './handlers.ts';
import { laneOf, Lanes } from './lanes.ts';
import { measure } from './measure.ts';
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

const isRecord = (input: unknown) =>
	typeof input === 'object' && input !== null && Object.getPrototypeOf(input) === Object.prototype;
const isRequest = (name: unknown): name is RequestName =>
	typeof name === 'string' && Object.hasOwn(requests, name);
const isCallback = (value: unknown): value is (answer: Answer<unknown>) => void =>
	typeof value === 'function';

/** A request as it came: nothing of it is known to be what it should be. */
type Asked = { name: unknown; input: unknown; size: number; refusal: CodedError | null };

/**
 * The one place where sockets are listened to. Every request is measured, budgeted, parsed, checked
 * against the client's phase, handed to its handler and answered here (R3 to R8).
 */
export class Binder {
	readonly #context: Context;
	readonly #metrics: Metrics;
	readonly #log: Log;
	readonly #ofPerson = new RateLimiterMemory(personBudget);
	readonly #ofBlock = new RateLimiterMemory(addressBudget);

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
		const failed = (error: unknown) => this.#log.error({ err: error }, 'a listener failed');
		// The requests of one socket, one after the other (R7), and its end after the last of them. What is
		// written waits for the disk, and nothing else waits for what is written.
		const lanes = new Lanes(failed);
		const waiting = { requests: 0, bytes: 0 };
		const receive = (packet: unknown[]) => {
			const arrived = performance.now();
			const acknowledge = packet.at(-1);
			if (!isCallback(acknowledge)) {
				// Not carried out (R3), and not for nothing either.
				this.#charge(client, 1).catch(failed);
				return;
			}
			const asked = understood(packet);
			const answer = (given: Answer<unknown>) => {
				const before = socket.data.wire.written;
				try {
					acknowledge(given);
				} catch (error) {
					this.#log.error({ request: asked.name, err: error }, 'an answer could not be written');
					acknowledge({ ok: false, error: new CodedError('INTERNAL').toWire() });
				}
				const seconds = (performance.now() - arrived) / 1000;
				const label = isRequest(asked.name) ? asked.name : 'unknown';
				this.#metrics.answered(label, given.ok ? 'OK' : given.error.code, seconds);
				return costOfAnswer(socket.data.wire.written - before);
			};
			const { requestsWaiting, requestBytesWaiting } = bounds;
			const isTooMuch = waiting.bytes + asked.size > requestBytesWaiting;
			if (waiting.requests >= requestsWaiting || isTooMuch) {
				answer({ ok: false, error: new CodedError('TOO_MANY_REQUESTS').toWire() });
				return;
			}
			waiting.requests++;
			waiting.bytes += asked.size;
			const lane = laneOf(asked.name);
			lanes.take([lane], async () => {
				let points = 0;
				try {
					points = answer(await this.#carryOut(client, asked));
				} finally {
					if (lane === 'call') client.release();
					waiting.requests--;
					waiting.bytes -= asked.size;
				}
				if (points > 0) await this.#charge(client, points);
			});
		};
		const end = () => {
			lanes.take(['call', 'match'], () => {
				if (client.place.phase === 'outside') return;
				if (socket.data.ended) client.place.live.leave(client);
				else client.place.live.lose(client);
			});
			presence.leave(client.personId, client);
			calls.gone(client);
		};
		// Socket.IO calls listeners where nobody catches what they throw.
		const guarded = (listener: () => void) => {
			try {
				listener();
			} catch (error) {
				failed(error);
			}
		};
		socket.onAny((...packet: unknown[]) => guarded(() => receive(packet)));
		socket.on('disconnect', () => guarded(end));
	}

	async #carryOut(client: Client, { name, input, size, refusal }: Asked): Promise<Answer<unknown>> {
		try {
			await this.#spend(client, costOf(isRequest(name) ? name : null, size));
			if (!isRequest(name)) throw new CodedError('UNKNOWN_REQUEST');
			if (refusal) throw refusal;
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

	/** @throws {CodedError} TOO_MANY_REQUESTS (R6). */
	async #spend(client: Client, points: number): Promise<void> {
		try {
			await this.#ofPerson.consume(client.personId, points);
			await this.#ofBlock.consume(client.block, points);
		} catch (refusal) {
			throw refusal instanceof RateLimiterRes ? new CodedError('TOO_MANY_REQUESTS') : refusal;
		}
	}

	/** Takes points for what cannot be refused any more. */
	async #charge(client: Client, points: number): Promise<void> {
		await this.#ofPerson.penalty(client.personId, points);
		await this.#ofBlock.penalty(client.block, points);
	}
}

/** The parts of a packet, whose last one is the acknowledgement. What is refused is not kept. */
function understood(packet: unknown[]): Asked {
	const [name, input] = packet.slice(0, -1);
	try {
		return { name, input, size: measure(input), refusal: null };
	} catch (error) {
		const refusal = error instanceof CodedError ? error : new CodedError('BAD_REQUEST');
		return { name, input: null, size: 0, refusal };
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
	// A list or bytes would pass for an object of which no key is needed.
	if (!isRecord(input)) throw new CodedError('BAD_REQUEST');
	const result = v.safeParse(requests[name].input, input);
	if (result.success) return result.output as Parsed<N>;
	const [issue] = result.issues;
	const path = v.getDotPath(issue);
	throw new CodedError('BAD_REQUEST', path ? `${path}: ${issue.message}` : issue.message);
}
