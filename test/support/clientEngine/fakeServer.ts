import * as v from 'valibot';
import type { CodedError, WireError } from '../../../shared/errors.ts';
import {
	requests,
	type Data,
	type FactName,
	type RequestName,
	type Sent,
	type FactOf,
} from '../../../shared/protocol.ts';

type Handler<N extends RequestName> = (input: Sent<N>) => Data<N> | Promise<Data<N>>;
/** What answers requests. A handler refuses by throwing a CodedError, and answers late by a promise. */
export type Handlers = { [N in RequestName]?: Handler<N> };
/** The name of a request and what was sent with it. */
export type Asked = { name: RequestName; input: unknown };

type Listener = (...told: unknown[]) => void;
type Acknowledge = (answer: unknown) => void;

/** How long a message is on its way, in ms of the test's clock. */
const latency = 5;

/** As much of a Socket.IO socket as the client uses. */
export class FakeSocket {
	/** How long an attempt to connect may take, in ms. */
	#timeout = 8000;
	readonly io = {
		engine: { close: () => this.drop(), once: () => undefined },
		opts: {},
		timeout: (ms: number) => (this.#timeout = ms),
	};
	readonly handshake: unknown;
	connected = false;
	readonly #server: FakeServer;
	readonly #listeners = new Map<string, Set<Listener>>();

	constructor(server: FakeServer, handshake: unknown) {
		this.#server = server;
		this.handshake = handshake;
	}

	on(name: string, listener: Listener): void {
		const listeners = this.#listeners.get(name) ?? new Set();
		this.#listeners.set(name, listeners.add(listener));
	}

	off(name: string, listener: Listener): void {
		this.#listeners.get(name)?.delete(listener);
	}

	removeAllListeners(): void {
		this.#listeners.clear();
	}

	connect(): void {
		if (!this.#server.hanging) return void setTimeout(() => this.#server.admit(this), latency);
		setTimeout(() => this.fire('connect_error', new Error('timeout')), this.#timeout);
	}

	disconnect(): void {
		this.drop();
	}

	emit(name: RequestName, input: unknown, acknowledge: Acknowledge): void {
		void this.#server.receive(this, name, input, acknowledge);
	}

	fire(name: string, ...told: unknown[]): void {
		for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(...told);
	}

	/** The connection ends, on this side as on the other. */
	drop(): void {
		if (!this.connected) return;
		this.connected = false;
		this.fire('disconnect');
	}
}

/** The server side of the connection, as a test scripts it: answers, refusals, facts, disconnects and delays. */
export class FakeServer {
	/** Every request that arrived, in order. */
	readonly asked: Asked[] = [];
	/** Whether connections are answered at all. */
	reachable = true;
	/** Whether attempts to connect hang: nothing comes, and nothing fails. */
	hanging = false;
	/** What handshakes are refused with. */
	refusal: WireError | null = null;
	/** How many handshakes came. */
	handshakes = 0;
	#handlers: Handlers = {};
	#socket: FakeSocket | null = null;

	/** Takes the place of `io` in socket.io-client. */
	readonly io = (options: { auth: unknown }): FakeSocket => new FakeSocket(this, options.auth);

	/** From now on these requests are answered so. */
	answer(handlers: Handlers): void {
		this.#handlers = { ...this.#handlers, ...handlers };
	}

	/** What was sent with each request of this name. */
	inputs<N extends RequestName>(name: N): Sent<N>[] {
		return this.asked.filter((one) => one.name === name).map(({ input }) => input as Sent<N>);
	}

	/** How often a request of this name arrived. */
	count(name: RequestName): number {
		return this.inputs(name).length;
	}

	get connected(): boolean {
		return this.#socket?.connected ?? false;
	}

	tell<N extends FactName>(name: N, told: FactOf<N>): void {
		if (this.connected) this.#socket?.fire(name, told);
	}

	/** The connection is lost. */
	lose(): void {
		this.#socket?.drop();
	}

	/** Ends the person's session, and the connection with it. */
	expel(error: CodedError): void {
		this.tell('session:ended', error.toWire());
		this.lose();
	}

	/** The page is gone: nothing of it hears anything more. */
	forgetPage(): void {
		const socket = this.#socket;
		this.#socket = null;
		socket?.removeAllListeners();
		socket?.drop();
	}

	admit(socket: FakeSocket): void {
		if (socket.connected) return;
		this.handshakes++;
		if (!this.reachable) return socket.fire('connect_error', new Error('unreachable'));
		if (this.refusal)
			return socket.fire(
				'connect_error',
				Object.assign(new Error('refused'), { data: this.refusal }),
			);
		this.#socket = socket;
		socket.connected = true;
		socket.fire('connect');
	}

	async receive(
		socket: FakeSocket,
		name: RequestName,
		input: unknown,
		acknowledge: Acknowledge,
	): Promise<void> {
		await pause(latency);
		if (!socket.connected) return;
		this.asked.push({ name, input });
		const answer = await this.#answer(name, input);
		await pause(latency);
		if (socket.connected) acknowledge(answer);
	}

	async #answer(name: RequestName, input: unknown): Promise<unknown> {
		const handler = this.#handlers[name] as ((input: unknown) => unknown) | undefined;
		if (!handler) throw new Error(`The test answers no ${name}.`);
		v.parse(requests[name].input, input);
		try {
			return { ok: true, data: await handler(input) };
		} catch (error) {
			if (!(error instanceof Error && 'toWire' in error)) throw error;
			return { ok: false, error: (error as CodedError).toWire() };
		}
	}
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** An answer that never comes. */
export const never = new Promise<never>(() => undefined);
