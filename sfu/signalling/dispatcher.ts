import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import * as v from 'valibot';
import { CodedError, type Answer, type ErrorCode } from '#shared/errors.ts';
import { roomId, type RoomId } from '#shared/ids.ts';
import { requests, type Parsed, type RequestName } from '#shared/protocol.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { workPoints, type NetworkPace } from '../platform/networkPace.ts';
import type { Tracing } from '../platform/tracing.ts';
import { checkLimit } from '../people/identity/accessPolicy.ts';
import { isInCall, mayAsk } from '../rooms/permissions.ts';
import { bounds } from './client/bounds.ts';
import { Client, type ClientSocket } from './client/client.ts';
import { addressBudget, costOf, costOfAnswer, personBudget } from './client/costs.ts';
import type { Answered, Context, Handler, Handlers } from './handlers/handlers.ts';
import { queueOf, RequestQueues } from './client/requestQueues.ts';
import { measure } from './client/measure.ts';
import { onCall } from './handlers/onCall.ts';
import { onChat } from './handlers/onChat.ts';
import { onEncryption } from './handlers/onEncryption.ts';
import { onHost } from './handlers/onHost.ts';
import { onLobby } from './handlers/onLobby.ts';
import { onMatch } from './handlers/onMatch.ts';
import { onMedia } from './handlers/onMedia.ts';
import { onPeople } from './handlers/onPeople.ts';
import { onRoom } from './handlers/onRoom.ts';

const handlers: Handlers = {
	...onLobby,
	...onRoom,
	...onHost,
	...onEncryption,
	...onMedia,
	...onMatch,
	...onChat,
	...onPeople,
	...onCall,
};

/** Requests by which a client gets transports. */
const places = new Set<RequestName>(['lobby:enter', 'match:enter']);

/** Answers for which the client can do nothing. */
const failures = new Set<ErrorCode>(['INTERNAL', 'UNAVAILABLE', 'NOT_SAVED', 'MEDIA_LOST']);

const isRecord = (input: unknown) =>
	typeof input === 'object' && input !== null && Object.getPrototypeOf(input) === Object.prototype;
const isRequest = (name: unknown): name is RequestName =>
	typeof name === 'string' && Object.hasOwn(requests, name);
const isCallback = (value: unknown): value is (answer: Answer<unknown>) => void =>
	typeof value === 'function';

/** A request as it arrived, before any check. */
type IncomingRequest = { name: unknown; input: unknown; size: number; refusal: CodedError | null };

/**
 * The one place where sockets are listened to. Every request is measured, budgeted, parsed, checked
 * against the client's phase, handed to its handler and answered here (CONN-3 to CONN-8).
 */
export class Dispatcher {
	readonly #context: Context;
	readonly #metrics: Metrics;
	readonly #tracing: Pick<Tracing, 'request'>;
	readonly #pace: NetworkPace;
	readonly #log: Log;
	readonly #ofPerson = new RateLimiterMemory(personBudget);
	readonly #ofBlock = new RateLimiterMemory(addressBudget);

	constructor(
		context: Context,
		metrics: Metrics,
		tracing: Pick<Tracing, 'request'>,
		pace: NetworkPace,
		log: Log,
	) {
		this.#context = context;
		this.#metrics = metrics;
		this.#tracing = tracing;
		this.#pace = pace;
		this.#log = log;
	}

	/** Answers the requests of this socket from now on. */
	serve(socket: ClientSocket): void {
		const { presence, calls } = this.#context.people;
		const log = this.#log.child({ person: socket.data.visitor.personId, socket: socket.id });
		let requestCount = 0;
		const client = new Client(socket, ({ personId, phase, place }) => {
			log.debug({ phase, ...place?.ids }, 'client changed its place');
			presence.change(personId, client, { inCall: isInCall(phase) });
		});
		const failed = (error: unknown) => log.error({ err: error }, 'a listener failed');
		// The requests of one socket, one after the other (CONN-7), and its end after the last of them. Writes
		// wait for the disk, and no other requests wait for writes.
		const queues = new RequestQueues(failed);
		const waiting = { requests: 0, bytes: 0 };
		const receive = (packet: unknown[]) => {
			const arrived = performance.now();
			const requestId = ++requestCount;
			const acknowledge = packet.at(-1);
			if (!isCallback(acknowledge)) {
				// It is not carried out (CONN-3), but it counts.
				this.#charge(client, 1).catch(failed);
				return;
			}
			const request = readPacket(packet);
			const span = this.#tracing.request(arrived);
			const answer = (given: Answer<unknown>) => {
				const before = socket.data.wire.written;
				try {
					acknowledge(given);
				} catch (error) {
					log.error({ request: request.name, err: error }, 'an answer could not be written');
					acknowledge({ ok: false, error: new CodedError('INTERNAL').toWire() });
				}
				const seconds = (performance.now() - arrived) / 1000;
				const label = isRequest(request.name) ? request.name : 'unknown';
				const code = given.ok ? 'OK' : given.error.code;
				this.#metrics.answered(label, code, seconds);
				const isFailure = code !== 'OK' && failures.has(code);
				span.end(label, { 'rpc.method': label, 'parley.code': code }, isFailure);
				log.debug({ request: label, requestId, code, ms: seconds * 1000 }, 'request answered');
				return costOfAnswer(socket.data.wire.written - before);
			};
			const { requestsWaiting, requestBytesWaiting } = bounds;
			const isTooMuch = waiting.bytes + request.size > requestBytesWaiting;
			if (waiting.requests >= requestsWaiting || isTooMuch) {
				answer({ ok: false, error: new CodedError('TOO_MANY_REQUESTS').toWire() });
				return;
			}
			waiting.requests++;
			waiting.bytes += request.size;
			const queue = queueOf(request.name);
			queues.add([queue], async () => {
				let points = 0;
				try {
					points = answer(await span.within(() => this.#carryOut(client, request, log)));
				} finally {
					if (queue === 'call') client.release();
					waiting.requests--;
					waiting.bytes -= request.size;
				}
				if (points > 0) await this.#charge(client, points);
			});
		};
		const end = () => {
			queues.add(['call', 'match'], () => {
				if (socket.data.ended) client.leave();
				else client.lose();
			});
			presence.leave(client.personId, client);
			calls.pageGone(client);
		};
		// Socket.IO does not catch what listeners throw.
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

	async #carryOut(
		client: Client,
		{ name, input, size, refusal }: IncomingRequest,
		log: Log,
	): Promise<Answer<unknown>> {
		try {
			await this.#spend(client, costOf(isRequest(name) ? name : null, size));
			if (!isRequest(name)) throw new CodedError('UNKNOWN_REQUEST');
			if (refusal) throw refusal;
			return { ok: true, data: (await this.#handle(client, name, input)) ?? {} };
		} catch (error) {
			if (error instanceof CodedError) return { ok: false, error: error.toWire() };
			log.error({ request: name, err: error }, 'request failed');
			return { ok: false, error: new CodedError('INTERNAL').toWire() };
		}
	}

	async #handle<N extends RequestName>(
		client: Client,
		name: N,
		input: unknown,
	): Promise<Answered<N>> {
		const parsed = parse(name, input);
		checkLimit(client.visitor.roomId, roomOf(name, parsed, client));
		if (!mayAsk(name, client.phase)) throw new CodedError('WRONG_PHASE');
		// It is carried out at once; what the network sends next waits (SERVICE-7).
		if (places.has(name)) this.#pace.spend(client.block, workPoints.place);
		const handler: Handler<N> = handlers[name];
		return handler(client, parsed, this.#context);
	}

	/** @throws {CodedError} TOO_MANY_REQUESTS (CONN-6). */
	async #spend(client: Client, points: number): Promise<void> {
		try {
			await this.#ofPerson.consume(client.personId, points);
			await this.#ofBlock.consume(client.block, points);
		} catch (refusal) {
			throw refusal instanceof RateLimiterRes ? new CodedError('TOO_MANY_REQUESTS') : refusal;
		}
	}

	/** Takes points for requests that cannot be refused any more. */
	async #charge(client: Client, points: number): Promise<void> {
		await this.#ofPerson.penalty(client.personId, points);
		await this.#ofBlock.penalty(client.block, points);
	}
}

/** The parts of a packet, whose last one is the acknowledgement. What is refused is not kept. */
function readPacket(packet: unknown[]): IncomingRequest {
	const [name, input] = packet.slice(0, -1);
	try {
		return { name, input, size: measure(input), refusal: null };
	} catch (error) {
		const refusal = error instanceof CodedError ? error : new CodedError('BAD_REQUEST');
		return { name, input: null, size: 0, refusal };
	}
}

/** The requests that are about a room. */
const inRooms = /^(?:lobby|room|media|host|chat):/;

/** The room that a request is about: the one it names, or the one the client is in. */
function roomOf(name: RequestName, parsed: object, { place }: Client): RoomId | null {
	if (!inRooms.test(name)) return null;
	const chat: unknown = 'chat' in parsed ? parsed.chat : null;
	const naming = typeof chat === 'object' && chat !== null ? chat : parsed;
	const named = v.safeParse(v.object({ roomId }), naming);
	if (named.success) return named.output.roomId;
	return place?.roomId ?? null;
}

/** The request's data if it fits the schema (CONN-4, CONN-5). */
function parse<N extends RequestName>(name: N, input: unknown): Parsed<N> {
	// An array or bytes would pass for an object without required keys.
	if (!isRecord(input)) throw new CodedError('BAD_REQUEST');
	const result = v.safeParse(requests[name].input, input);
	if (result.success) return result.output as Parsed<N>;
	const [issue] = result.issues;
	const path = v.getDotPath(issue);
	throw new CodedError('BAD_REQUEST', path ? `${path}: ${issue.message}` : issue.message);
}
