import type { FileInfo } from '#shared/chat.ts';
import type { PeerId } from '#shared/ids.ts';
import type { Data, FactName, FactOf, RequestName, Sent } from '#shared/protocol.ts';
import type { Ask, SignalEvents, Unlisten } from './signalClient.ts';

/** A file as it goes to the server from an encrypted room. */
export type SealedUpload = {
	/** Its bytes, sealed as they are read. */
	readonly source: {
		readonly size: number;
		slice(start: number, end: number): Promise<{ value: Blob | null; done: boolean }>;
		close(): void;
	};
	/** What takes the place of its name. */
	readonly name: string;
	/** The file that it became, as it is shown. */
	opened(info: FileInfo): FileInfo;
};

/** The files of an encrypted room. */
export type BorderFiles = {
	seal(file: File): Promise<SealedUpload>;
	/** The opened content. Rejects with a CodedError. */
	content(file: FileInfo): Promise<Blob>;
};

/** What came of the pictures and voices of an encrypted room. */
export type FrameWatch = {
	/** Whether some of what a peer sends has not opened for some seconds. */
	isUnopened(peerId: PeerId): boolean;
	/** How many frames of a producer did not open. */
	failed(producerId: string): number;
};

/** Where the words of an encrypted room are sealed and opened on their way between the page and the server. */
export type RoomBorder = {
	readonly files: BorderFiles;
	/** Of the call that it belongs to; null beside no call. */
	readonly frames: FrameWatch | null;
	ask<N extends RequestName>(ask: Ask, name: N, input: Sent<N>): Promise<Data<N>>;
	/** Gives a fact on, opened. */
	hear<N extends FactName>(data: FactOf<N>, tell: (told: FactOf<N>) => void): void;
};

/** A connection to the server as features use it. The demo has one of its own, without a server. */
export type ServerConnection = {
	readonly connected: boolean;
	/** Whether a server is at its end, which takes files and has pages of its own for the chat. */
	readonly served: boolean;
	/** Of a connection into an encrypted room. */
	readonly border?: RoomBorder | null;
	readonly ask: Ask;
	watch(events: Partial<SignalEvents>): Unlisten;
	on<N extends FactName>(name: N, listener: (told: FactOf<N>) => void): Unlisten;
	/** Connects, if it is not connected. */
	open(): Promise<void>;
	/** Makes a new connection at once: the network may have changed under this one. */
	renew(): void;
};
