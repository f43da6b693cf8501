import { isDeepStrictEqual } from 'node:util';
import type { Knock, Standing } from '#shared/admission.ts';
import { CodedError } from '#shared/errors.ts';
import type { PeerId, RoomId } from '#shared/ids.ts';
import type { Parsed } from '#shared/protocol.ts';
import type { Door } from '../rooms/door.ts';
import type { Passwords } from '../rooms/passwords.ts';
import type { Peer } from '../rooms/peer.ts';
import type { Rules } from '../rooms/rules.ts';
import type { Seats } from './seats.ts';

type ReceptionParts = {
	roomId: RoomId;
	rules: Rules;
	door: Door;
	seats: Seats;
	passwords: Passwords;
};

/** Lets people into a room: tells those at the door how they stand, and hosts who waits. */
export class Reception {
	readonly #roomId: RoomId;
	readonly #rules: Rules;
	readonly #door: Door;
	readonly #seats: Seats;
	readonly #passwords: Passwords;
	readonly #expect: (peerId: PeerId, expected: boolean) => void;
	#told: Knock[] = [];

	/** @param expect is told whether somebody in the lobby may come in, whenever that changes. */
	constructor(
		{ roomId, rules, door, seats, passwords }: ReceptionParts,
		expect: (peerId: PeerId, expected: boolean) => void,
	) {
		this.#expect = expect;
		this.#roomId = roomId;
		this.#rules = rules;
		this.#door = door;
		this.#seats = seats;
		this.#passwords = passwords;
	}

	/** Asks to be let in (R57). */
	async knock(
		peer: Peer,
		{ name, password }: Parsed<'room:knock'>,
		network: string,
	): Promise<Standing> {
		const admission = this.#door.admissionOf(peer.personId);
		if (admission === 'locked' || admission === 'removed') this.#door.check(peer.personId);
		if (admission === 'open') return this.#door.standingOf(peer);
		if (password !== undefined) await this.#enterWith(peer, password, network);
		else if (admission === 'password')
			throw new CodedError('NOT_ADMITTED', 'This room asks for its password.');
		else this.#door.knock(peer, name);
		this.refresh();
		return this.#door.standingOf(peer);
	}

	/** Tells whom it concerns what changed at the door. */
	refresh(): void {
		this.#door.settle();
		for (const seat of this.#seats.waiting) {
			const standing = this.#door.standingOf(seat.peer);
			if (isDeepStrictEqual(standing, seat.standing)) continue;
			seat.standing = standing;
			this.#expect(seat.peer.id, standing.admission === 'open');
			seat.client?.tell('lobby:standing', standing);
		}
		const { knocks } = this.#door;
		if (isDeepStrictEqual(knocks, this.#told)) return;
		this.#told = knocks;
		this.#seats.tellHosts('knock:list', { knocks });
	}

	async #enterWith({ personId }: Peer, password: string, network: string): Promise<void> {
		const hash = this.#rules.passwordHash;
		await this.#passwords.check(this.#roomId, { personId, network }, password, hash);
		// It may have been changed while it was looked at, and the room locked.
		if (hash !== this.#rules.passwordHash) throw new CodedError('BAD_PASSWORD');
		const admission = this.#door.admissionOf(personId);
		if (admission === 'locked' || admission === 'removed') this.#door.check(personId);
		this.#door.admit(personId);
	}
}
