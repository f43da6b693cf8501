import type { ErrorCode } from '#shared/errors.ts';
import type { PeerId, PersonId } from '#shared/ids.ts';
import type { RoomInfo } from '#shared/room.ts';

/** Where the client is on its way from the link to the room. */
export type Phase =
	| { kind: 'entering' }
	| { kind: 'lobby' }
	| { kind: 'joining' }
	| { kind: 'joined' }
	| { kind: 'left' }
	/** The lobby or the room could not be entered; `again` says whether trying again makes sense. */
	| { kind: 'failed'; code: ErrorCode; message: string; again: boolean };

/** The signalling connection. Media may still flow while it is lost. */
export type Connection = 'connecting' | 'connected' | 'reconnecting';

/** What the lobby found out about the way media takes. */
export type MediaPath =
	| { kind: 'checking' }
	| { kind: 'connected'; protocol: 'udp' | 'tcp' }
	/** Nothing came back; address and port are what the browser was told to reach. */
	| { kind: 'unreachable'; address: string; port: number };

/** Why a microphone or camera that the person wants on is not on. */
export type DeviceProblem =
	/** The person or the browser's settings said no. */
	| 'refused'
	/** There is none. */
	| 'absent'
	/** Another program holds it, or it failed to start. */
	| 'busy'
	/** The page is not secure, so the browser offers no devices. */
	| 'insecure';

/** One of the person's own devices. */
export type DeviceState =
	| { kind: 'off' }
	| { kind: 'starting' }
	| { kind: 'on' }
	| { kind: 'problem'; problem: DeviceProblem };

/** How large a peer's video is shown, in device pixels. 0 by 0: not visible now. */
export type TileSize = { width: number; height: number };

/** Another person in the room, as the engine knows them at one moment. */
export type RemotePeer = {
	peerId: PeerId;
	personId: PersonId;
	name: string;
	/** False while their connection is lost and may return. */
	connected: boolean;
	microphoneOn: boolean;
	cameraOn: boolean;
	/** The same object for as long as it holds the same track. */
	video: MediaStream | null;
	audio: MediaStream | null;
};

/** Who listens to the engine: it is told each thing when it changes, and never asked. */
export interface CallObserver {
	phase(phase: Phase): void;
	connection(connection: Connection): void;
	room(room: RoomInfo): void;
	present(present: number): void;
	path(path: MediaPath): void;
	name(name: string): void;
	microphone(state: DeviceState): void;
	camera(state: DeviceState): void;
	preview(stream: MediaStream | null): void;
	level(level: number): void;
	/** Somebody came or left: everybody, longest present first. */
	peers(peers: readonly RemotePeer[]): void;
	/** Something about one of them changed. */
	peer(peer: RemotePeer): void;
}
