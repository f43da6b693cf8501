import type { RoomInfo } from '#shared/room.ts';
import type { PeerId, PersonId } from '#shared/ids.ts';
import type { Connection, DeviceState, MediaPath, Phase, TileSize } from '../call/model.ts';

/** Another person in the room, as the interface shows them. Properties are reactive. */
export interface PeerView {
	readonly peerId: PeerId;
	/** Who it is, however many tabs they joined from. */
	readonly personId: PersonId;
	readonly name: string;
	/** False while their connection is lost and may return. */
	readonly connected: boolean;
	readonly microphoneOn: boolean;
	readonly cameraOn: boolean;
	/** Their picture; null when the camera is off or nothing is received yet. */
	readonly video: MediaStream | null;
	/** Their sound; to be played wherever their tile is, or when it is not shown at all. */
	readonly audio: MediaStream | null;
}

/**
 * All that the pages of a room show and do. The rune class over the call engine implements it; the
 * components know nothing else of the engine. Properties are reactive.
 */
export interface CallView {
	readonly phase: Phase;
	readonly connection: Connection;
	readonly room: RoomInfo | null;
	/** How many people are in the room, told while in the lobby. */
	readonly present: number;
	readonly path: MediaPath;
	readonly you: { readonly name: string };
	readonly microphone: DeviceState;
	readonly camera: DeviceState;
	/** The own camera for the preview and the self view; null when it is off. */
	readonly preview: MediaStream | null;
	/** Loudness of the own microphone, 0 to 1, while it is on. */
	readonly level: number;
	/** The others, longest present first. */
	readonly peers: readonly PeerView[];

	/** Turns the own microphone on or off, in the lobby and in the call. Never throws. */
	setMicrophone(on: boolean): Promise<void>;
	/** Turns the own camera on or off, in the lobby and in the call. Never throws. */
	setCamera(on: boolean): Promise<void>;
	/** From the lobby into the room. Failures show as phase or as a rejected CodedError. */
	join(name: string): Promise<void>;
	/** Out of the room; the phase becomes `left`. */
	leave(): void;
	/** From `left` or `failed` back to the lobby. */
	reenter(): void;
	/** Says how large a peer's tile is now. Calls may come often: they are gathered. */
	show(peerId: PeerId, size: TileSize): void;
	/** Closes everything: devices, transports, the socket. */
	close(): void;
}
