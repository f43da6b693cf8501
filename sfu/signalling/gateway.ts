import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { ClientToServer, FactName, ServerToClient, Told } from '#shared/protocol.ts';
import type { Config } from '../config.ts';
import { comesFromOurPages } from '../people/origin.ts';
import type { Identity, Sessions } from '../people/session.ts';
import type { Binder } from './bind.ts';
import type { Broadcast } from './chatAudience.ts';

/** Sockets that one person may hold open at a time: many tabs, not a flood. */
const socketsPerPerson = 32;

/** An error of the handshake as Socket.IO carries it: the client finds the code in `data`. */
function refusal(code: 'UNAUTHENTICATED' | 'TOO_MANY_REQUESTS'): Error & { data: unknown } {
	const error = new CodedError(code);
	return Object.assign(new Error(error.message), { data: error.toWire() });
}

/** Lets sockets in: from our own pages (R2), of people with a session (R1), not too many each. */
export class Gateway {
	readonly #io: Server<
		ClientToServer,
		ServerToClient,
		Record<string, never>,
		{ personId: PersonId }
	>;
	readonly #held = new Map<PersonId, number>();

	/** @param arrived is told of everybody who connects. */
	constructor(
		http: HttpServer,
		config: Config['http'],
		sessions: Sessions,
		binder: Binder,
		arrived: (identity: Identity) => void,
	) {
		this.#io = new Server(http, {
			serveClient: false,
			maxHttpBufferSize: limits.socketBytes,
			// A lost connection should show within seconds, not minutes.
			pingInterval: 8_000,
			pingTimeout: 8_000,
			allowRequest: (request, decide) => {
				decide(null, comesFromOurPages(request.headers, config));
			},
		});
		this.#io.use((socket, next) => {
			const identity = sessions.identify(socket.request.headers.cookie);
			if (!identity) return next(refusal('UNAUTHENTICATED'));
			const { personId } = identity;
			const held = this.#held.get(personId) ?? 0;
			if (held >= socketsPerPerson) return next(refusal('TOO_MANY_REQUESTS'));
			socket.data.personId = personId;
			arrived(identity);
			return next();
		});
		this.#io.on('connection', (socket) => {
			const { personId } = socket.data;
			this.#held.set(personId, (this.#held.get(personId) ?? 0) + 1);
			socket.on('disconnect', () => {
				const left = (this.#held.get(personId) ?? 1) - 1;
				if (left > 0) this.#held.set(personId, left);
				else this.#held.delete(personId);
			});
			binder.bind(socket);
		});
	}

	/** Open connections. */
	get sockets(): number {
		return this.#io.sockets.sockets.size;
	}

	/** Tells a fact to every socket that listens to the channel. */
	readonly broadcast: Broadcast = <N extends FactName>(channel: string, name: N, told: Told<N>) => {
		const sockets = this.#io.to(channel);
		// The compiler cannot follow that the map's entry for N takes Told<N>.
		(sockets.emit.bind(sockets) as (name: N, told: Told<N>) => void)(name, told);
	};

	/** Takes every socket that listens to the channel out of these channels. */
	readonly dismiss = (channel: string, from: string | string[]): void => {
		this.#io.in(channel).socketsLeave(from);
	};

	/** Puts every socket that listens to the channel into another one, too. */
	readonly enlist = (channel: string, into: string): void => {
		this.#io.in(channel).socketsJoin(into);
	};

	/** Closes every socket. The HTTP server stays with its owner. */
	async close(): Promise<void> {
		this.#io.disconnectSockets(true);
		await this.#io.close();
	}
}
