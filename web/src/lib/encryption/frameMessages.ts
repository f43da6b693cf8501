/** What is to be done with the frames of one producer. */
export type FrameTask = {
	readonly direction: 'send' | 'receive';
	/** The id of the producer. */
	readonly source: string;
	readonly kind: 'audio' | 'video';
};

/** What the page tells the worker that seals and opens frames. */
export type ToFrameWorker =
	| { kind: 'epoch'; epoch: number; media: CryptoKey }
	/** The sender's keys go one step on. */
	| { kind: 'step' }
	/** In browsers that hand the frames to the page. */
	| { kind: 'streams'; task: FrameTask; readable: ReadableStream; writable: WritableStream };

/** How many frames of a producer opened so far, and how many did not. */
export type FrameCount = { source: string; opened: number; failed: number };
