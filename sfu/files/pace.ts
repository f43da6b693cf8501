/** Bytes that have to come in each span of time; the span in ms. */
export type LeastPace = { bytes: number; span: number };

/** A body on its way in, which breaks where next to nothing of it comes. */
export class Pace {
	/** The same body. */
	readonly body: ReadableStream<Uint8Array>;
	#isSlow = false;
	readonly #timer: NodeJS.Timeout;

	/** @param came is told of the bytes of each piece. */
	constructor(
		body: ReadableStream<Uint8Array>,
		{ bytes: least, span }: LeastPace,
		came: (bytes: number) => void,
	) {
		let inSpan = 0;
		let controller: TransformStreamDefaultController<Uint8Array> | null = null;
		const through = new TransformStream<Uint8Array, Uint8Array>({
			start: (own) => void (controller = own),
			transform: (piece, own) => {
				inSpan += piece.byteLength;
				came(piece.byteLength);
				own.enqueue(piece);
			},
		});
		this.body = body.pipeThrough(through);
		this.#timer = setInterval(() => {
			if (inSpan >= least) {
				inSpan = 0;
				return;
			}
			this.#isSlow = true;
			this.stop();
			controller?.error(new Error('next to nothing came'));
		}, span);
	}

	/** Whether it broke for that. */
	get isSlow(): boolean {
		return this.#isSlow;
	}

	/** Counts no longer. */
	stop(): void {
		clearInterval(this.#timer);
	}
}
