import type { Ring } from '#shared/calls.ts';
import type { RingId } from '#shared/ids.ts';
import { Line } from '../call/line.ts';
import { failureWords } from '../callWords.ts';
import { CallJourney } from './callJourney.svelte.ts';
import { OutgoingCalls } from './outgoingCalls.svelte.ts';
import { maker, type QuietCall } from './preparedCalls.ts';

/** How long it rings on without a connection, in ms: by then it may have been answered elsewhere, or be over. */
const patience = 5_000;

type Warm = { readonly ringId: RingId; readonly quiet: QuietCall };

/**
 * The calls one makes and gets, whatever page one is on. While it rings, the way to the room is made and proved
 * in the background, unless the page is in a call already; no device is opened for it.
 */
export class OwnCalls {
	readonly journey = new CallJourney();
	readonly outgoing: OutgoingCalls;
	readonly #line = new Line();
	#rings = $state.raw<readonly Ring[]>([]);
	#problem = $state.raw<string | null>(null);
	#warm: Warm | null = null;
	#lost: ReturnType<typeof setTimeout> | undefined;
	/** What ended may be told again by an answer that was on its way. */
	readonly #over = new Set<RingId>();

	constructor() {
		this.outgoing = new OutgoingCalls(this.#line, this.journey);
		this.#line.on('call:ringing', ({ ring }) => this.#add(ring));
		this.#line.on('call:over', ({ ringId }) => this.#remove(ringId));
		this.#line.watch({
			up: () => clearTimeout(this.#lost),
			down: () => (this.#lost = setTimeout(() => this.restore([]), patience)),
		});
	}

	/** Who calls, the first one first. */
	get rings(): readonly Ring[] {
		return this.#rings;
	}

	/** What went wrong with an answer, in words. */
	get problem(): string | null {
		return this.#problem;
	}

	/** Whether this page is in a call, or about to be. */
	get elsewhere(): boolean {
		return Line.occupied && this.#warm === null;
	}

	/**
	 * The rings there are, as the server tells them to a page that was just opened. What is missing may ring again: a
	 * service that was restarted knows of it as soon as the caller is back.
	 */
	restore(rings: readonly Ring[]): void {
		for (const { ringId } of this.#rings)
			if (!rings.some((ring) => ring.ringId === ringId)) this.#drop(ringId);
		for (const ring of rings) this.#add(ring);
	}

	/** Goes to the call that rings. */
	accept({ ringId, roomId, from: person }: Ring, camera: boolean): void {
		this.#problem = null;
		performance.mark('parley:accept');
		const made = this.#warm?.ringId === ringId ? this.#warm.quiet : null;
		this.#warm = null;
		// Both go out together: whoever was quicker in another tab has this page shut out.
		const accepted = this.#line.ask('call:accept', { ringId });
		let refused = false;
		const going = this.journey.go({ roomId, person, camera, made, wanted: () => !refused });
		this.#remove(ringId);
		accepted.catch(async (error: unknown) => {
			refused = true;
			this.#problem = failureWords(error);
			(await going)?.call.close();
		});
	}

	decline({ ringId }: Ring, message?: string): void {
		this.#remove(ringId);
		this.#line
			.ask('call:decline', { ringId, ...(message !== undefined && { message }) })
			.catch((error: unknown) => (this.#problem = failureWords(error)));
	}

	clearProblem(): void {
		this.#problem = null;
	}

	/** Somebody looks at the page, which they may not have done when it began to ring. */
	looked(): void {
		const [ring] = this.#rings;
		if (ring) void this.#warmUp(ring);
	}

	#add(ring: Ring): void {
		if (this.#over.has(ring.ringId)) return;
		if (this.#rings.some(({ ringId }) => ringId === ring.ringId)) return;
		this.#rings = [...this.#rings, ring];
		void this.#warmUp(ring);
	}

	/** Gets ready to be there at once, unless this page has its place elsewhere. */
	async #warmUp({ ringId, roomId }: Ring): Promise<void> {
		await this.journey.prepare();
		const rings = this.#rings.some((ring) => ring.ringId === ringId);
		if (!rings || this.#warm || Line.occupied || document.hidden || !maker.make) return;
		this.#warm = { ringId, quiet: maker.make(roomId) };
	}

	/** It is over. */
	#remove(ringId: RingId): void {
		this.#over.add(ringId);
		this.#drop(ringId);
	}

	#drop(ringId: RingId): void {
		this.#rings = this.#rings.filter((ring) => ring.ringId !== ringId);
		if (this.#warm?.ringId !== ringId) return;
		this.#warm.quiet.call.close();
		this.#warm = null;
	}
}
