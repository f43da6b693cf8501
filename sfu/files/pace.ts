/** The bytes that must arrive in each span of time; the span in ms. */
export type LeastPace = { bytes: number; span: number };

/** A request body that fails if too few bytes of it arrive. */
export class Pace {
	/** The same body. */
	readonly body: ReadableStream<Uint8Array>;
	#isSlow = false;
	readonly #timer: NodeJS.Timeout;

	/** @param came is told the bytes of each piece. */
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

	/** Whether it failed because it was too slow. */
	get isSlow(): boolean {
		return this.#isSlow;
	}

	/** Stops measuring. */
	stop(): void {
		clearInterval(this.#timer);
	}
}
