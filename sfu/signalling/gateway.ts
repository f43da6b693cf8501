import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { clientVersion } from '#shared/handshake.ts';
import { protocolVersion, spokenVersions } from '#shared/version.ts';
import { visitAt } from '#shared/visit.ts';
import { servedBuild } from '../platform/build.ts';
import type { Config } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import type { AccessPolicy } from '../people/identity/accessPolicy.ts';
import { workPoints, type NetworkPace } from '../platform/networkPace.ts';
import { foreignPage, type OwnPages } from '../platform/origin.ts';
import type { Visitor, SessionRegistry } from '../people/identity/sessionRegistry.ts';
import { Admissions } from './admissions.ts';
import type { Dispatcher } from './dispatcher.ts';
import { bounds } from './client/bounds.ts';
import { channelOf, type Channels } from './client/channels.ts';
import type { ClientSocket } from './client/client.ts';
import {
	webSocketOf,
	Wire,
	type Connection,
	type ExceededBound,
	type Unread,
} from './client/wire.ts';

/** The answer to a connection beyond the bound of connections without a session. */
const tooManyNew = 'Too many connections at once. Try again in a few seconds.';

/** An error of the handshake as Socket.IO carries it: the client finds the code in `data`. */
function refusal(error: CodedError): Error & { data: unknown } {
	return Object.assign(new Error(error.message), { data: error.toWire() });
}

type Auth = { sessionRegistry: SessionRegistry; accessPolicy: AccessPolicy; ownPages: OwnPages };

/** Lets sockets in: from our own pages (CONN-2), of people with a session (CONN-1), not too many (CONN-12), and out again (CONN-13). */
export class Gateway {
	readonly #io: Channels['io'];
	readonly #auth: Auth;
	readonly #log: Log;
	readonly #admissions: Admissions;
	readonly #wires = new WeakMap<Connection, Wire>();
	readonly #unread: Unread = { bytes: 0 };
	readonly #build = servedBuild();
	readonly #recheckTimer: NodeJS.Timeout;
	readonly #closed: (why: ExceededBound) => void;
	readonly #pace: NetworkPace;
	/** Connections from which nothing is read for now. */
	readonly #paused = new WeakSet<Connection>();
	#isRechecking = false;

	/**
	 * @param arrived is called for each person who connects.
	 * @param closed is called for each connection that is closed because its client exceeds the bounds.
	 */
	constructor(
		http: HttpServer,
		{ io }: Channels,
		config: Pick<Config, 'http' | 'limits'>,
		auth: Auth,
		dispatcher: Dispatcher,
		log: Log,
		{
			newConnectionId,
			arrived,
			closed,
			pace,
		}: {
			/** Makes ids of connections by which other nodes find this one; null if there are no others. */
			newConnectionId: (() => string) | null;
			arrived: (visitor: Visitor, device: string | undefined) => void;
			closed: (why: ExceededBound) => void;
			pace: NetworkPace;
		},
	) {
		const { sessionRegistry, ownPages } = auth;
		this.#auth = auth;
		this.#log = log;
		this.#closed = closed;
		this.#pace = pace;
		this.#admissions = new Admissions(config.limits, config.http.trustProxy);
		this.#io = io;
		io.attach(http, {
			allowRequest: (request, decide) => {
				if (!mayOpen(request, ownPages)) decide(foreignPage, false);
				else decide(tooManyNew, this.#admissions.hasRoom(request));
			},
		});
		if (newConnectionId) io.engine.generateId = newConnectionId;
		io.engine.on('connection', (connection: Connection) => this.#watch(connection));
		io.use((socket, next) => {
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
		io.on('connection', (socket) => {
			const { personId, sessionId } = socket.data.visitor;
			void socket.join([channelOf.person(personId), channelOf.session(sessionId)]);
			// The connection would stay open otherwise.
			socket.on('disconnect', () => socket.conn.close());
			socket.emit('service:version', { protocol: protocolVersion, build: this.#build });
			const about = { person: personId, socket: socket.id };
			log.debug(about, 'socket connected');
			socket.on('disconnect', (why) => log.debug({ ...about, why }, 'socket disconnected'));
			dispatcher.serve(socket);
			// The session may have ended during the handshake.
			void this.#recheck([socket], () => socket.disconnect(true));
		});
		// Before all other listeners: a failure in one of them must not keep a socket open.
		sessionRegistry.prependListener('ended', (sessionIds, why) => {
			for (const id of sessionIds) this.#end(channelOf.session(id), why);
		});
		sessionRegistry.prependListener('excluded', (personId, why) =>
			this.#end(channelOf.person(personId), why),
		);
		// The clients reconnect by themselves, with the new cookie, and resume their place.
		sessionRegistry.on('moved', (before) =>
			io.in(channelOf.session(before)).disconnectSockets(true),
		);
		this.#recheckTimer = setInterval(() => void this.#recheckAll(), bounds.recheckInterval);
	}

	#watch(connection: Connection): void {
		const block = this.#admissions.opened(connection);
		connection.on('packet', () => this.#pacePackets(connection, block));
		const wire = new Wire(connection, this.#unread, (why) => {
			this.#closed(why);
			this.#log.info({ why, unread: wire.unread }, 'a connection was closed');
		});
		this.#wires.set(connection, wire);
	}

	/** Nothing more is read from the connection until its network has paid for what it sent (SERVICE-7). */
	#pacePackets(connection: Connection, block: string): void {
		if (this.#pace.spend(block, workPoints.packet) || this.#paused.has(connection)) return;
		// Each request of long polling waits on its own.
		const socket = webSocketOf(connection);
		if (!socket) return;
		this.#paused.add(connection);
		socket.pause();
		const giveUp = this.#pace.whenFree(block, () => {
			this.#paused.delete(connection);
			connection.off('close', giveUp);
			socket.resume();
		});
		connection.once('close', giveUp);
	}

	/**
	 * The visitor who opens this socket.
	 *
	 * @throws {CodedError} UNAUTHENTICATED, CLIENT_TOO_OLD, TOO_MANY_REQUESTS, SUSPENDED, SIGN_IN_REQUIRED, UNAVAILABLE.
	 */
	async #admit(socket: ClientSocket): Promise<Visitor> {
		checkVersion(socket.handshake.auth);
		const { accessPolicy } = this.#auth;
		const visitor = await this.#visitorOf(socket);
		if (!visitor) throw new CodedError('UNAUTHENTICATED');
		accessPolicy.check(visitor);
		const wire = this.#wires.get(socket.conn);
		if (!wire) throw new CodedError('UNAVAILABLE');
		const block = this.#admissions.admit(socket.conn, visitor.personId);
		Object.assign(socket.data, { visitor, ended: false, block, wire });
		return visitor;
	}

	#visitorOf({ handshake, request }: ClientSocket): Promise<Visitor | null> {
		const stated = v.safeParse(clientVersion, handshake.auth);
		const { place } = handshake.query;
		const visit = stated.success && visitAt(`/room/${String(place)}${stated.output.page}`);
		return this.#auth.sessionRegistry.at(visit || null, request.headers.cookie);
	}

	/** Closes the sockets in a channel for good, and tells them why (ACCOUNT-3). */
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

	/** Checks all sockets: another process may have ended sessions, and visits expire. Never rejects. */
	async #recheckAll(): Promise<void> {
		if (this.#isRechecking) return;
		this.#isRechecking = true;
		const why = new CodedError('SIGNED_OUT');
		await this.#recheck(this.#all, (socket) => this.#close(socket, why));
		this.#isRechecking = false;
	}

	/**
	 * Checks whether sockets may stay connected (CONN-13). Never rejects.
	 *
	 * @param over is given each socket whose session is over.
	 */
	async #recheck(sockets: ClientSocket[], over: (socket: ClientSocket) => void): Promise<void> {
		const { accessPolicy } = this.#auth;
		for (const socket of sockets) {
			try {
				const visitor = await this.#visitorOf(socket);
				if (!socket.connected) continue;
				// A visit that is over does not go on as the person's own session.
				if (visitor?.sessionId === socket.data.visitor.sessionId) {
					accessPolicy.check(visitor);
					socket.data.visitor = visitor;
				} else over(socket);
			} catch (error) {
				if (!(error instanceof CodedError)) this.#log.error({ err: error }, 'a look again failed');
				// Without the database the socket stays.
				else if (error.code !== 'UNAVAILABLE' && socket.connected) this.#close(socket, error);
			}
		}
	}

	/** Has all clients connect anew. They take their places again. */
	reconnect(): void {
		for (const socket of this.#all) socket.conn.close();
	}

	/** A request that came by way of another node. */
	request(request: IncomingMessage, response: ServerResponse): void {
		this.#io.engine.handleRequest(request, response);
	}

	/** A WebSocket that is asked for by way of another node. */
	upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
		this.#io.engine.handleUpgrade(request, socket, head);
	}

	/** Open connections. */
	get sockets(): number {
		return this.#io.sockets.sockets.size;
	}

	/** Closes every socket. The HTTP server stays with its owner. */
	async close(): Promise<void> {
		clearInterval(this.#recheckTimer);
		this.#io.disconnectSockets(true);
		await this.#io.close();
	}
}

/**
 * Whether this request may open a connection (CONN-2): our own pages may, and programs. Long polling in the form of a
 * script (`j`) would let a page of another site read the answers.
 */
function mayOpen(request: IncomingMessage, ownPages: OwnPages): boolean {
	const query = URL.parse(request.url ?? '', 'http://service')?.searchParams;
	return query !== undefined && !query.has('j') && ownPages.allow(request);
}

/** @throws {CodedError} CLIENT_TOO_OLD, BAD_REQUEST (CONN-10). */
function checkVersion(auth: unknown): void {
	const said = v.safeParse(clientVersion, auth);
	if (!said.success) throw new CodedError('BAD_REQUEST');
	if (!spokenVersions.includes(said.output.protocol)) throw new CodedError('CLIENT_TOO_OLD');
}
