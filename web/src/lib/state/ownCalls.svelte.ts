import type { Ring } from '#shared/calls.ts';
import { CodedError } from '#shared/errors.ts';
import { newRingId, newRoomId, type RingId, type RoomId } from '#shared/ids.ts';
import type { Author } from '#shared/members.ts';
import type { RingOutcome } from '#shared/systemEvent.ts';
import { Line } from '../call/line.ts';
import { hand, maker, type QuietCall } from './preparedCalls.ts';
import { rememberedName } from '../rememberedName.ts';

/** Somebody one calls. */
export type Outgoing = {
	readonly ringId: RingId;
	readonly roomId: RoomId;
	readonly person: Author;
	readonly video: boolean;
	/** Null while it rings. */
	readonly outcome: Exclude<RingOutcome, 'accepted'> | null;
	/** What the one who declined wrote, or why it cannot be. */
	readonly message: string | null;
};

type Warm = { readonly ringId: RingId; readonly quiet: QuietCall };

/** How one is called where no name was ever asked for. */
const nameless = 'Guest';

/**
 * The calls one makes and gets, whatever page one is on. While it rings, the way to the room is made and proved
 * in the background, unless the page is in a call already; no device is opened for it.
 */
export class OwnCalls {
	readonly #line = new Line();
	#rings = $state.raw<readonly Ring[]>([]);
	#outgoing = $state.raw<readonly Outgoing[]>([]);
	#destination = $state.raw<RoomId | null>(null);
	#problem = $state.raw<string | null>(null);
	#warm: Warm | null = null;
	#code: (() => Promise<unknown>) | null = null;
	/** What ended may be told again by an answer that was on its way. */
	readonly #over = new Set<RingId>();

	constructor() {
		this.#line.on('call:ringing', ({ ring }) => this.#add(ring));
		this.#line.on('call:over', ({ ringId, outcome, message }) => {
			this.#remove(ringId);
			this.#settle(ringId, outcome, message);
		});
		this.#line.watch({ up: () => this.#repeat() });
	}

	/** @param load fetches the code of the room's page, which makes `maker`. */
	useCode(load: () => Promise<unknown>): void {
		this.#code = load;
	}

	/** Fetches what calls need, so that they begin at once. */
	prepare(): void {
		this.#code?.().catch(() => undefined);
	}

	/** Who calls, the first one first. */
	get rings(): readonly Ring[] {
		return this.#rings;
	}

	/** Whom one calls, and what became of it until that was seen. */
	get outgoing(): readonly Outgoing[] {
		return this.#outgoing;
	}

	/** Where the page is to go; see `arrived`. */
	get destination(): RoomId | null {
		return this.#destination;
	}

	/** What went wrong with an answer, in words. */
	get problem(): string | null {
		return this.#problem;
	}

	/** Whether this page is in a call, or about to be. */
	get elsewhere(): boolean {
		return Line.occupied && this.#warm === null;
	}

	arrived(): void {
		this.#destination = null;
	}

	/** The rings there are, as the server tells them to a page that was just opened. */
	restore(rings: readonly Ring[]): void {
		for (const { ringId } of this.#rings)
			if (!rings.some((ring) => ring.ringId === ringId)) this.#remove(ringId);
		for (const ring of rings) this.#add(ring);
	}

	/** Calls somebody into a room of their own, and goes there. */
	start(person: Author, video: boolean): void {
		const roomId = newRoomId();
		// Asked for first: whoever comes into a room that nobody made comes into any room.
		this.#call(person, roomId, video);
		this.#go(roomId, person, video, null);
	}

	/** Calls somebody into the room whose call one is in. */
	add(person: Author, roomId: RoomId): void {
		this.dismiss(person);
		this.#call(person, roomId, true);
	}

	/** Once more, from the room that one is waiting in. */
	again({ person, roomId, video }: Outgoing): void {
		this.dismiss(person);
		this.#call(person, roomId, video);
	}

	cancel({ ringId }: Outgoing): void {
		this.#line.ask('call:cancel', { ringId }).catch(() => undefined);
		this.#outgoing = this.#outgoing.filter((one) => one.ringId !== ringId);
	}

	/** What became of it was seen. */
	dismiss({ personId }: Author): void {
		this.#outgoing = this.#outgoing.filter((one) => one.person.personId !== personId);
	}

	/** Nobody is called into this room any more: one has left it. */
	left(roomId: RoomId): void {
		for (const one of this.#outgoing)
			if (one.roomId === roomId && one.outcome === null) this.cancel(one);
		this.#outgoing = this.#outgoing.filter((one) => one.roomId !== roomId);
	}

	/** Goes to the call that rings. */
	accept({ ringId, roomId, from }: Ring, camera: boolean): void {
		this.#problem = null;
		performance.mark('parley:accept');
		const warm = this.#warm?.ringId === ringId ? this.#warm.quiet : null;
		this.#warm = null;
		// Both go out together: whoever was quicker in another tab has this page shut out.
		const accepted = this.#line.ask('call:accept', { ringId });
		const quiet = this.#go(roomId, from, camera, warm);
		this.#remove(ringId);
		accepted.catch((error: unknown) => {
			quiet?.call.close();
			this.#problem = wordsOf(error);
		});
	}

	decline({ ringId }: Ring, message?: string): void {
		this.#remove(ringId);
		this.#line
			.ask('call:decline', { ringId, ...(message !== undefined && { message }) })
			.catch((error: unknown) => (this.#problem = wordsOf(error)));
	}

	clearProblem(): void {
		this.#problem = null;
	}

	#call(person: Author, roomId: RoomId, video: boolean): void {
		const ringId = newRingId();
		const made = { ringId, roomId, person, video, outcome: null, message: null };
		this.#outgoing = [...this.#outgoing, made];
		if (this.#line.connected) void this.#ask(made);
	}

	async #ask({ ringId, roomId, person, video }: Outgoing): Promise<void> {
		const { personId } = person;
		const name = rememberedName() || nameless;
		try {
			const answer = await this.#line.ask('call:start', { ringId, roomId, personId, name, video });
			// Both called each other: the other one's room it is.
			if (answer.roomId !== roomId) {
				this.#outgoing = this.#outgoing.filter((one) => one.ringId !== ringId);
				const theirs = this.#rings.find((ring) => ring.roomId === answer.roomId);
				if (theirs) this.#remove(theirs.ringId);
				this.#go(answer.roomId, person, video, null);
			} else if (answer.outcome) this.#settle(ringId, answer.outcome, null);
		} catch (error) {
			// It is asked again by the next connection.
			if (error instanceof CodedError && error.code === 'UNAVAILABLE') return;
			this.#settle(ringId, 'cancelled', wordsOf(error));
		}
	}

	/** The connection is new, and the server may be. */
	#repeat(): void {
		for (const one of this.#outgoing) if (one.outcome === null) void this.#ask(one);
	}

	#settle(ringId: RingId, outcome: RingOutcome, message: string | null): void {
		this.#outgoing =
			outcome === 'accepted'
				? this.#outgoing.filter((one) => one.ringId !== ringId)
				: this.#outgoing.map((one) => (one.ringId === ringId ? { ...one, outcome, message } : one));
	}

	#add(ring: Ring): void {
		if (this.#over.has(ring.ringId)) return;
		if (this.#rings.some(({ ringId }) => ringId === ring.ringId)) return;
		this.#rings = [...this.#rings, ring];
		void this.#warmUp(ring);
	}

	/** Gets ready to be there at once, unless this page has its place elsewhere. */
	async #warmUp({ ringId, roomId }: Ring): Promise<void> {
		await this.#code?.().catch(() => undefined);
		const rings = this.#rings.some((ring) => ring.ringId === ringId);
		if (!rings || this.#warm || Line.occupied || document.hidden || !maker.make) return;
		this.#warm = { ringId, quiet: maker.make(roomId) };
	}

	#remove(ringId: RingId): void {
		this.#over.add(ringId);
		this.#rings = this.#rings.filter((ring) => ring.ringId !== ringId);
		if (this.#warm?.ringId !== ringId) return;
		this.#warm.quiet.call.close();
		this.#warm = null;
	}

	/** Joins, and has the page of the room shown meanwhile. */
	#go(roomId: RoomId, person: Author, camera: boolean, made: QuietCall | null): QuietCall | null {
		const quiet = made ?? maker.make?.(roomId);
		this.#destination = roomId;
		// Without the code of the page it begins as any other: in its lobby.
		if (!quiet) return null;
		const joining = quiet.answer(rememberedName() || nameless, camera);
		joining.catch(() => undefined);
		hand(roomId, { call: quiet.call, person, joining });
		return quiet;
	}
}

const wordsOf = (error: unknown): string =>
	error instanceof CodedError ? error.message : 'Something went wrong in this browser.';
