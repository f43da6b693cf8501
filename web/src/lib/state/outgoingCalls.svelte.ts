import { CodedError } from '#shared/errors.ts';
import { newRingId, newRoomId, type RingId, type RoomId } from '#shared/ids.ts';
import type { Author } from '#shared/members.ts';
import type { RingOutcome } from '#shared/systemEvent.ts';
import type { Line } from '../call/line.ts';
import { failureWords } from '../callWords.ts';
import { keepCalls, recallCalls } from '../people/keptCalls.ts';
import { ownName, type CallJourney } from './callJourney.svelte.ts';

/** Somebody one calls. */
export type Outgoing = {
	readonly ringId: RingId;
	readonly roomId: RoomId;
	readonly person: Author;
	readonly video: boolean;
	/** When it was asked for first, in ms since 1970. */
	readonly at: number;
	/** Null while it rings. */
	readonly outcome: Exclude<RingOutcome, 'accepted'> | null;
	/** What the one who declined wrote, or why it cannot be. */
	readonly message: string | null;
};

/** The calls that this page makes. */
export class OutgoingCalls {
	readonly #line: Line;
	readonly #journey: CallJourney;
	#list = $state.raw<readonly Outgoing[]>(recallCalls());

	constructor(line: Line, journey: CallJourney) {
		this.#line = line;
		this.#journey = journey;
		window.addEventListener('pagehide', () => keepCalls([...this.#list]));
		if (line.connected) this.#repeat();
		line.on('call:over', ({ ringId, outcome, message }) => this.#settle(ringId, outcome, message));
		// The connection is new, and the server may be.
		line.watch({ up: () => this.#repeat() });
	}

	/** Whom one calls, and what became of it until that was seen. */
	get list(): readonly Outgoing[] {
		return this.#list;
	}

	/** Calls somebody into a room of their own, and goes there. */
	start(person: Author, video: boolean): void {
		const roomId = newRoomId();
		// Asked for first: whoever comes into a room that nobody made comes into any room.
		this.#call(person, roomId, video);
		void this.#journey.go({ roomId, person, camera: video, early: true });
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
		// A ring that this does not reach ends by itself after its time.
		this.#line.ask('call:cancel', { ringId }).catch(() => undefined);
		this.#list = this.#list.filter((one) => one.ringId !== ringId);
	}

	/** What became of it was seen. */
	dismiss({ personId }: Author): void {
		this.#list = this.#list.filter((one) => one.person.personId !== personId);
	}

	/** Nobody is called into this room any more: one has left it. */
	left(roomId: RoomId): void {
		for (const one of this.#list)
			if (one.roomId === roomId && one.outcome === null) this.cancel(one);
		this.#list = this.#list.filter((one) => one.roomId !== roomId);
	}

	#call(person: Author, roomId: RoomId, video: boolean): void {
		const ringId = newRingId();
		const made = { ringId, roomId, person, video, at: Date.now(), outcome: null, message: null };
		this.#list = [...this.#list, made];
		if (this.#line.connected) void this.#ask(made);
	}

	async #ask({ ringId, roomId, person, video, at }: Outgoing): Promise<void> {
		const { personId } = person;
		const name = ownName();
		try {
			// Whoever comes back much later calls nobody anew.
			const age = Math.max(0, Date.now() - at);
			const about = { ringId, roomId, personId, name, video, age };
			const answer = await this.#line.ask('call:start', about);
			// Both called each other: the other one's room it is.
			if (answer.roomId !== roomId) {
				this.#list = this.#list.filter((one) => one.ringId !== ringId);
				void this.#journey.go({ roomId: answer.roomId, person, camera: video });
			} else if (answer.outcome) this.#settle(ringId, answer.outcome, null);
		} catch (error) {
			// It is asked again by the next connection.
			if (error instanceof CodedError && error.code === 'UNAVAILABLE') return;
			this.#settle(ringId, 'cancelled', failureWords(error));
		}
	}

	#repeat(): void {
		for (const one of this.#list) if (one.outcome === null) void this.#ask(one);
	}

	#settle(ringId: RingId, outcome: RingOutcome, message: string | null): void {
		this.#list =
			outcome === 'accepted'
				? this.#list.filter((one) => one.ringId !== ringId)
				: this.#list.map((one) => (one.ringId === ringId ? { ...one, outcome, message } : one));
	}
}
