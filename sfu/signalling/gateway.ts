import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, SessionId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { ClientToServer, FactName, ServerToClient, Told } from '#shared/protocol.ts';
import { protocolVersion } from '#shared/version.ts';
import { servedBuild } from '../build.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Entry } from '../people/entry.ts';
import { foreignPage, type OwnPages } from '../people/origin.ts';
import type { Visitor, Visitors } from '../people/visitors.ts';
import { Admissions } from './admissions.ts';
import type { Binder } from './bind.ts';
import { bounds } from './bounds.ts';
import type { Broadcast } from './chatAudience.ts';
import type { ClientSocket, SocketData } from './client.ts';
import { checkVersion, mayOpen } from './handshake.ts';
import { Wire, type Connection, type Unread } from './wire.ts';

/** All sockets of a person, and those of one sign-in. */
const channelOf = {
	person: (personId: PersonId) => `person ${personId}`,
	session: (sessionId: SessionId) => `session ${sessionId}`,
};

/** What a connection is told for which there is no room among those that have not said who they are. */
const tooManyNew = 'Too many connections are being opened. Try again in some seconds.';

/** An error of the handshake as Socket.IO carries it: the client finds the code in `data`. */
function refusal(error: CodedError): Error & { data: unknown } {
	return Object.assign(new Error(error.message), { data: error.toWire() });
}

type Community = { visitors: Visitors; entry: Entry; ownPages: OwnPages };

/** Lets sockets in: from our own pages (R2), of people with a session (R1), not too many (R173), and out again (R176). */
export class Gateway {
	readonly #io: Server<ClientToServer, ServerToClient, Record<string, never>, SocketData>;
	readonly #community: Community;
	readonly #log: Log;
	readonly #admissions: Admissions;
	readonly #wires = new WeakMap<Connection, Wire>();
	readonly #unread: Unread = { bytes: 0 };
	readonly #build = servedBuild();
	readonly #looking: NodeJS.Timeout;
	#isLooking = false;

	/** @param arrived is told of everybody who connects. */
	constructor(
		http: HttpServer,
		config: Pick<Config, 'http' | 'limits'>,
		community: Community,
		binder: Binder,
		log: Log,
		arrived: (visitor: Visitor, device: string | undefined) => void,
	) {
		const { visitors, ownPages } = community;
		this.#community = community;
		this.#log = log;
		this.#admissions = new Admissions(config.limits, config.http.trustProxy);
		this.#io = new Server(http, {
			serveClient: false,
			maxHttpBufferSize: limits.socketBytes,
			// A lost connection should show within seconds, not minutes.
			pingInterval: 8_000,
			pingTimeout: 8_000,
			connectTimeout: bounds.connectTime,
			allowRequest: (request, decide) => {
				if (!mayOpen(request, ownPages)) decide(foreignPage, false);
				else decide(tooManyNew, this.#admissions.hasRoom(request));
			},
		});
		this.#io.engine.on('connection', (connection: Connection) => this.#watch(connection));
		this.#io.use((socket, next) => {
			this.#admit(socket).then(
				(visitor) => {
					const { 'user-agent': device } = socket.request.headers;
					arrived(visitor, device);
					next();
				},
				(error: unknown) => {
					if (!(error instanceof CodedError)) log.error({ err: error }, 'a handshake failed');
					next(refusal(error instanceof CodedError ? error : new CodedError('INTERNAL')));
				},
			);
		});
		this.#io.on('connection', (socket) => {
			const { personId, sessionId } = socket.data.visitor;
			void socket.join([channelOf.person(personId), channelOf.session(sessionId)]);
			// A connection that has said goodbye would stay for ever otherwise.
			socket.on('disconnect', () => socket.conn.close());
			socket.emit('service:version', { protocol: protocolVersion, build: this.#build });
			binder.bind(socket);
			// What was changed while the handshake was under way found no socket to close.
			void this.#lookAt([socket], () => socket.disconnect(true));
		});
		// Before all others who hear of it: nothing that fails elsewhere may keep a socket open.
		visitors.prependListener('ended', (sessionIds, why) => {
			for (const id of sessionIds) this.#end(channelOf.session(id), why);
		});
		visitors.prependListener('excluded', (personId, why) =>
			this.#end(channelOf.person(personId), why),
		);
		// They come back by themselves, with the new cookie, to the place that is kept for them.
		visitors.on('moved', (before) =>
			this.#io.in(channelOf.session(before)).disconnectSockets(true),
		);
		this.#looking = setInterval(() => void this.#lookAgain(), bounds.lookAgain);
	}

	#watch(connection: Connection): void {
		this.#admissions.opened(connection);
		const wire = new Wire(connection, this.#unread, (why) =>
			this.#log.info({ why, unread: wire.unread }, 'a connection was closed'),
		);
		this.#wires.set(connection, wire);
	}

	/**
	 * Who opens this socket, once it may.
	 *
	 * @throws {CodedError} UNAUTHENTICATED, CLIENT_TOO_OLD, TOO_MANY_REQUESTS, SUSPENDED, SIGN_IN_REQUIRED, UNAVAILABLE.
	 */
	async #admit(socket: ClientSocket): Promise<Visitor> {
		checkVersion(socket.handshake.auth);
		const { visitors, entry } = this.#community;
		const visitor = await visitors.of(socket.request.headers.cookie);
		if (!visitor) throw new CodedError('UNAUTHENTICATED');
		entry.check(visitor);
		const wire = this.#wires.get(socket.conn);
		if (!wire) throw new CodedError('UNAVAILABLE');
		const block = this.#admissions.admit(socket.conn, visitor.personId);
		Object.assign(socket.data, { visitor, ended: false, block, wire });
		return visitor;
	}

	/** Closes the sockets in a channel for good, and tells them why (R72). */
	#end(channel: string, why: CodedError): void {
		for (const socket of this.#in(channel)) this.#close(socket, why);
	}

	#close(socket: ClientSocket, why: CodedError): void {
		socket.data.ended = true;
		socket.emit('session:ended', why.toWire());
		socket.disconnect(true);
	}

	get #all(): ClientSocket[] {
		return [...this.#io.of('/').sockets.values()];
	}

	#in(channel: string): ClientSocket[] {
		return this.#all.filter((socket) => socket.rooms.has(channel));
	}

	/** Another process may have ended sessions or suspended people, and visits end by themselves. Never rejects. */
	async #lookAgain(): Promise<void> {
		if (this.#isLooking) return;
		this.#isLooking = true;
		const why = new CodedError('SIGNED_OUT');
		await this.#lookAt(this.#all, (socket) => this.#close(socket, why));
		this.#isLooking = false;
	}

	/**
	 * Whether those who are connected may still be (R176). Never rejects.
	 *
	 * @param over is given each socket whose session is over.
	 */
	async #lookAt(sockets: ClientSocket[], over: (socket: ClientSocket) => void): Promise<void> {
		const { visitors, entry } = this.#community;
		for (const socket of sockets) {
			try {
				const visitor = await visitors.of(socket.request.headers.cookie);
				if (!socket.connected) continue;
				if (visitor) {
					entry.check(visitor);
					socket.data.visitor = visitor;
				} else over(socket);
			} catch (error) {
				if (!(error instanceof CodedError)) this.#log.error({ err: error }, 'a look again failed');
				// With the database away nobody knows better.
				else if (error.code !== 'UNAVAILABLE' && socket.connected) this.#close(socket, error);
			}
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
		clearInterval(this.#looking);
		this.#io.disconnectSockets(true);
		await this.#io.close();
	}
}
