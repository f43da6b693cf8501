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

	/** The people that the person calls, and the outcome of each call until it was seen. */
	get list(): readonly Outgoing[] {
		return this.#list;
	}

	/** Calls a person into a new room, and goes there. */
	start(person: Author, video: boolean): void {
		const roomId = newRoomId();
		// The request goes first: entering a room that no ring has made would make an ordinary room.
		this.#call(person, roomId, video);
		void this.#preload.go({ roomId, person, camera: video, early: true });
	}

	/** Calls a person into the room of the call that the person is in. */
	add(person: Author, roomId: RoomId): void {
		this.dismiss(person);
		this.#call(person, roomId, true);
	}

	/** Calls again, from the room in which the person waits. */
	again({ person, roomId, video }: Outgoing): void {
		this.dismiss(person);
		this.#call(person, roomId, video);
	}

	cancel({ ringId }: Outgoing): void {
		// A ring that this does not reach ends by itself after its time.
		this.#server.ask('call:cancel', { ringId }).catch(() => undefined);
		this.#list = this.#list.filter((one) => one.ringId !== ringId);
	}

	/** The person has seen the outcome. */
	dismiss({ personId }: Author): void {
		this.#list = this.#list.filter((one) => one.person.personId !== personId);
	}

	/** Cancels all rings into this room, which the person has left. */
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
			// `age` keeps a request from ringing that comes long after the person called.
			const age = Math.max(0, Date.now() - at);
			const about = { ringId, roomId, personId, name, video, age };
			const answer = await this.#server.ask('call:start', about);
			// Both people called each other: the room of the other person counts.
			if (answer.roomId !== roomId) {
				this.#list = this.#list.filter((one) => one.ringId !== ringId);
				void this.#preload.go({ roomId: answer.roomId, person, camera: video });
			} else if (answer.outcome) this.#settle(ringId, answer.outcome, null);
		} catch (error) {
			// The next connection sends the request again.
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
