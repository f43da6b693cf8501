import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, SessionId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { ClientToServer, FactName, ServerToClient, Told } from '#shared/protocol.ts';
import type { Config } from '../config.ts';
import { foreignPage, type OwnPages } from '../people/origin.ts';
import type { Entry } from '../people/entry.ts';
import type { Visitor, Visitors } from '../people/visitors.ts';
import type { Binder } from './bind.ts';
import type { Broadcast } from './chatAudience.ts';
import type { ClientSocket, SocketData } from './client.ts';

/** Sockets that one person may hold open at a time: many tabs, not a flood. */
const socketsPerPerson = 32;

/** All sockets of a person, and those of one sign-in. */
const channelOf = {
	person: (personId: PersonId) => `person ${personId}`,
	session: (sessionId: SessionId) => `session ${sessionId}`,
};

/** An error of the handshake as Socket.IO carries it: the client finds the code in `data`. */
function refusal(error: CodedError): Error & { data: unknown } {
	return Object.assign(new Error(error.message), { data: error.toWire() });
}

/** Closes a socket for good, and tells it why (R72). */
function endSocket(socket: ClientSocket, why: CodedError): void {
	socket.data.ended = true;
	socket.emit('session:ended', why.toWire());
	socket.disconnect(true);
}

/** Lets sockets in: from our own pages (R2), of people with a session (R1), not too many each. */
export class Gateway {
	readonly #io: Server<ClientToServer, ServerToClient, Record<string, never>, SocketData>;
	readonly #held = new Map<PersonId, number>();

	/** @param arrived is told of everybody who connects. */
	constructor(
		http: HttpServer,
		config: Config['http'],
		{ visitors, entry, ownPages }: { visitors: Visitors; entry: Entry; ownPages: OwnPages },
		binder: Binder,
		arrived: (visitor: Visitor, device: string | undefined) => void,
	) {
		this.#io = new Server(http, {
			serveClient: false,
			maxHttpBufferSize: limits.socketBytes,
			// A lost connection should show within seconds, not minutes.
			pingInterval: 8_000,
			pingTimeout: 8_000,
			allowRequest: (request, decide) => {
				const isOwn = ownPages.allow(request);
				decide(isOwn ? null : foreignPage, isOwn);
			},
		});
		this.#io.use((socket, next) => {
			const { cookie, 'user-agent': device } = socket.request.headers;
			this.#admit(cookie, { visitors, entry }).then(
				(visitor) => {
					Object.assign(socket.data, { visitor, ended: false });
					arrived(visitor, device);
					next();
				},
				(error: unknown) =>
					next(refusal(error instanceof CodedError ? error : new CodedError('INTERNAL'))),
			);
		});
		this.#io.on('connection', (socket) => {
			const { personId, sessionId } = socket.data.visitor;
			void socket.join([channelOf.person(personId), channelOf.session(sessionId)]);
			this.#held.set(personId, (this.#held.get(personId) ?? 0) + 1);
			socket.on('disconnect', () => {
				const left = (this.#held.get(personId) ?? 1) - 1;
				if (left > 0) this.#held.set(personId, left);
				else this.#held.delete(personId);
			});
			binder.bind(socket);
			void this.#look(socket, { visitors, entry });
		});
		visitors.on('ended', (sessionIds, why) => {
			for (const id of sessionIds) this.#end(channelOf.session(id), why);
		});
		// First of all who hear of it: nothing that fails elsewhere may keep a socket open.
		visitors.prependListener('excluded', (personId, why) =>
			this.#end(channelOf.person(personId), why),
		);
		// They come back by themselves, with the new cookie, to the place that is kept for them.
		visitors.on('moved', (before) =>
			this.#io.in(channelOf.session(before)).disconnectSockets(true),
		);
	}

	/** @throws {CodedError} UNAUTHENTICATED, TOO_MANY_REQUESTS, SUSPENDED, SIGN_IN_REQUIRED, UNAVAILABLE. */
	async #admit(
		cookie: string | undefined,
		{ visitors, entry }: { visitors: Visitors; entry: Entry },
	): Promise<Visitor> {
		const visitor = await visitors.of(cookie);
		if (!visitor) throw new CodedError('UNAUTHENTICATED');
		entry.check(visitor);
		if ((this.#held.get(visitor.personId) ?? 0) >= socketsPerPerson)
			throw new CodedError('TOO_MANY_REQUESTS');
		return visitor;
	}

	/** Whether somebody was kept out, or their session ended, while the handshake was under way. */
	async #look(
		socket: ClientSocket,
		{ visitors, entry }: { visitors: Visitors; entry: Entry },
	): Promise<void> {
		try {
			const visitor = await visitors.of(socket.request.headers.cookie);
			if (!visitor) socket.disconnect(true);
			else entry.check(visitor);
		} catch (error) {
			if (!(error instanceof CodedError) || error.code === 'UNAVAILABLE') return;
			endSocket(socket, error);
		}
	}

	/** Closes the sockets in a channel for good, and tells them why (R72). */
	#end(channel: string, why: CodedError): void {
		for (const socket of this.#io.of('/').sockets.values()) {
			if (!socket.rooms.has(channel)) continue;
			endSocket(socket, why);
		}
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
