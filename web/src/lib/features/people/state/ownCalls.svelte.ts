import type { Ring } from '#shared/calls.ts';
import { CodedError } from '#shared/errors.ts';
import type { RingId } from '#shared/ids.ts';
import { SharedConnection } from '#lib/connection/sharedConnection.ts';
import { failureWords } from '../text/people.text.ts';
import { CallPreload } from './callPreload.svelte.ts';
import { OutgoingCalls } from './outgoingCalls.svelte.ts';
import { maker, type QuietCall } from '#lib/features/call/state/preparedCalls.ts';

/** How long it rings on without a connection, in ms: by then it may have been answered elsewhere, or be over. */
const patience = 5_000;

type Warm = { readonly ringId: RingId; readonly quiet: QuietCall };

/**
 * The calls that the person makes and gets, on whichever page they are. While a ring comes in, the media path to the
 * room is made and proved in the background, unless the page is in a call already. No device is opened for that.
 */
export class OwnCalls {
	readonly preload = new CallPreload();
	readonly outgoing: OutgoingCalls;
	readonly #server = new SharedConnection();
	#rings = $state.raw<readonly Ring[]>([]);
	#problem = $state.raw<string | null>(null);
	#warm: Warm | null = null;
	/** The ring that was accepted on its notification. */
	#acceptedElsewhere: string | null = null;
	#lost: ReturnType<typeof setTimeout> | undefined;
	/** A late answer may repeat rings that have ended, or that were answered here. */
	readonly #over = new Set<RingId>();
	readonly #answered = new Set<RingId>();

	constructor() {
		this.outgoing = new OutgoingCalls(this.#server, this.preload);
		this.#server.on('call:ringing', ({ ring }) => this.#add(ring));
		this.#server.on('call:over', ({ ringId }) => {
			this.#over.add(ringId);
			this.#drop(ringId);
		});
		this.#server.watch({
			up: () => clearTimeout(this.#lost),
			down: () => (this.#lost = setTimeout(() => this.restore([]), patience)),
		});
	}

	/** The rings that come in, the first caller first. */
	get rings(): readonly Ring[] {
		return this.#rings;
	}

	/** The error of an answer, in words. */
	get problem(): string | null {
		return this.#problem;
	}

	/** Whether this page is in a call, or about to be. */
	get elsewhere(): boolean {
		return SharedConnection.occupied && this.#warm === null;
	}

	/**
	 * The rings that the server reports to a page that has just opened. Other rings are dropped. They may ring again: a
	 * service that restarted knows of them once the caller is back.
	 */
	restore(rings: readonly Ring[]): void {
		for (const { ringId } of this.#rings)
			if (!rings.some((ring) => ring.ringId === ringId)) this.#drop(ringId);
		for (const ring of rings) this.#add(ring);
	}

	/**
	 * Goes to the call that rings. Without a connection, too: joining accepts the ring as soon as there is a connection,
	 * if it still rings.
	 */
	accept(ring: Ring, camera: boolean): void {
		const { ringId, roomId, from: person } = ring;
		this.#problem = null;
		performance.mark('parley:accept');
		const made = this.#warm?.ringId === ringId ? this.#warm.quiet : null;
		this.#warm = null;
		// Both requests go out together. If another tab answered first, this page is refused.
		const accepted = this.#server.ask('call:accept', { ringId });
		let refused = false;
		const going = this.preload.go({ roomId, person, camera, made, wanted: () => !refused });
		this.#answer(ring);
		accepted.catch(async (error: unknown) => {
			if (isUnanswered(error) && maker.make) return;
			refused = true;
			this.#refuse(ring, error);
			(await going)?.call.close();
		});
	}

	/** Accepts the ring with this id, which the server may report to this page in a moment. */
	acceptSoon(ringId: string): void {
		const ring = this.#rings.find((one) => one.ringId === ringId);
		if (ring) this.accept(ring, ring.video);
		else this.#acceptedElsewhere = ringId;
	}

	decline(ring: Ring, message?: string): void {
		const { ringId } = ring;
		this.#answer(ring);
		this.#server
			.ask('call:decline', { ringId, ...(message !== undefined && { message }) })
			.catch((error: unknown) => this.#refuse(ring, error));
	}

	clearProblem(): void {
		this.#problem = null;
	}

	/** The person looks at the page, and may not have done so when the ring began. */
	looked(): void {
		const [ring] = this.#rings;
		if (ring) void this.#warmUp(ring);
	}

	#answer({ ringId }: Ring): void {
		this.#answered.add(ringId);
		this.#drop(ringId);
	}

	/** Shows why an answer failed. If the server did not hear the answer, the ring can be answered again. */
	#refuse(ring: Ring, error: unknown): void {
		this.#problem = failureWords(error);
		if (!isUnanswered(error)) return;
		this.#answered.delete(ring.ringId);
		this.#add(ring);
	}

	#add(ring: Ring): void {
		if (this.#over.has(ring.ringId) || this.#answered.has(ring.ringId)) return;
		if (this.#rings.some(({ ringId }) => ringId === ring.ringId)) return;
		this.#rings = [...this.#rings, ring];
		if (ring.ringId === this.#acceptedElsewhere) this.accept(ring, ring.video);
		else void this.#warmUp(ring);
	}

	/** Gets ready to be there at once, unless this page has its place elsewhere. */
	async #warmUp({ ringId, roomId }: Ring): Promise<void> {
		await this.preload.prepare();
		const rings = this.#rings.some((ring) => ring.ringId === ringId);
		if (!rings || this.#warm || SharedConnection.occupied || document.hidden || !maker.make) return;
		this.#warm = { ringId, quiet: maker.make(roomId) };
	}

	#drop(ringId: RingId): void {
		this.#rings = this.#rings.filter((ring) => ring.ringId !== ringId);
		if (this.#warm?.ringId !== ringId) return;
		this.#warm.quiet.call.close();
		this.#warm = null;
	}
}

const isUnanswered = (error: unknown): boolean =>
	error instanceof CodedError && error.code === 'UNAVAILABLE';
