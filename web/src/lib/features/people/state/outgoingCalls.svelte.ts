import { CodedError } from '#shared/errors.ts';
import { newRingId, newRoomId, type RingId, type RoomId } from '#shared/ids.ts';
import type { Author } from '#shared/members.ts';
import type { RingOutcome } from '#shared/systemEvent.ts';
import type { SharedConnection } from '#lib/connection/sharedConnection.ts';
import { failureWords } from '../text/people.text.ts';
import { keepCalls, recallCalls, type Outgoing } from '../engine/keptCalls.ts';
import { ownName, type CallPreload } from './callPreload.svelte.ts';

/** The calls that this page makes. */
export class OutgoingCalls {
	readonly #server: SharedConnection;
	readonly #preload: CallPreload;
	#list = $state.raw<readonly Outgoing[]>(recallCalls());

	constructor(server: SharedConnection, preload: CallPreload) {
		this.#server = server;
		this.#preload = preload;
		window.addEventListener('pagehide', () => keepCalls([...this.#list]));
		if (server.connected) this.#repeat();
		server.on('call:over', ({ ringId, outcome, message }) =>
			this.#settle(ringId, outcome, message),
		);
		// The connection is new, and the server may be.
		server.watch({ up: () => this.#repeat() });
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
		void this.#preload.go({ roomId, person, camera: video, early: true });
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
		this.#server.ask('call:cancel', { ringId }).catch(() => undefined);
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
		if (this.#server.connected) void this.#ask(made);
	}

	async #ask({ ringId, roomId, person, video, at }: Outgoing): Promise<void> {
		const { personId } = person;
		const name = ownName();
		try {
			// Whoever comes back much later calls nobody anew.
			const age = Math.max(0, Date.now() - at);
			const about = { ringId, roomId, personId, name, video, age };
			const answer = await this.#server.ask('call:start', about);
			// Both called each other: the other one's room it is.
			if (answer.roomId !== roomId) {
				this.#list = this.#list.filter((one) => one.ringId !== ringId);
				void this.#preload.go({ roomId: answer.roomId, person, camera: video });
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
