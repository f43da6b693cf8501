import { Server } from 'socket.io';
import type { PersonId, SessionId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { ClientToServer, FactName, ServerToClient, FactOf } from '#shared/protocol.ts';
import { bounds } from './bounds.ts';
import type { SocketData } from './client.ts';

/** All sockets of a person, and those of one sign-in. */
export const channelOf = {
	person: (personId: PersonId) => `person ${personId}`,
	session: (sessionId: SessionId) => `session ${sessionId}`,
};

/** The sockets of the service by the channels that they listen to. The `Gateway` lets them in. */
export class Channels {
	readonly io = new Server<ClientToServer, ServerToClient, Record<string, never>, SocketData>({
		serveClient: false,
		maxHttpBufferSize: limits.socketBytes,
		// A lost connection should show within seconds, not minutes.
		pingInterval: 8_000,
		pingTimeout: 8_000,
		connectTimeout: bounds.connectTime,
	});

	/** Tells a fact to every socket that listens to the channel. It is encoded once, however many they are. */
	broadcast<N extends FactName>(channel: string, name: N, data: FactOf<N>): void {
		const sockets = this.io.to(channel);
		// The compiler cannot follow that the map's entry for N takes FactOf<N>.
		(sockets.emit.bind(sockets) as (name: N, data: FactOf<N>) => void)(name, data);
	}

	/** Takes every socket that listens to the channel out of these channels. */
	dismiss(channel: string, from: string | string[]): void {
		this.io.in(channel).socketsLeave(from);
	}

	/** Puts every socket that listens to the channel into another one, too. */
	enlist(channel: string, into: string): void {
		this.io.in(channel).socketsJoin(into);
	}

	/** Whether any socket listens to the channel. */
	has(channel: string): boolean {
		return this.io.of('/').adapter.rooms.has(channel);
	}
}
