import { isDeepStrictEqual } from 'node:util';
import type { Knock, AdmissionState } from '#shared/admission.ts';
import { CodedError } from '#shared/errors.ts';
import type { PeerId, RoomId } from '#shared/ids.ts';
import type { Parsed } from '#shared/protocol.ts';
import { checkSealed } from '../../chat/sealing.ts';
import type { RoomAdmission } from '../../rooms/roomAdmission.ts';
import type { Passwords } from '../../rooms/passwords.ts';
import type { Peer } from '../../rooms/peer.ts';
import type { RoomRules } from '../../rooms/roomRules.ts';
import type { PeerSessions } from './peerSessions.ts';

type Parts = {
	roomId: RoomId;
	rules: RoomRules;
	roomAdmission: RoomAdmission;
	peerSessions: PeerSessions;
	passwords: Passwords;
	/** Called when it changes whether a peer in the lobby may join. */
	expect: (peerId: PeerId, expected: boolean) => void;
};

/** The people in the lobby: tells them whether they may join, and tells the hosts who waits. */
export class WaitingRoom {
	readonly #parts: Parts;
	#announcedKnocks: Knock[] = [];

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** Asks to be let in (ADMISSION-3). */
	async knock(
		peer: Peer,
		{ name, password }: Parsed<'room:knock'>,
		network: string,
	): Promise<AdmissionState> {
		const { roomAdmission, rules } = this.#parts;
		checkSealed(rules.encryption, [name]);
		const admission = roomAdmission.admissionOf(peer.personId);
		if (admission === 'locked' || admission === 'removed') roomAdmission.check(peer.personId);
		if (admission === 'open') return roomAdmission.stateOf(peer);
		if (password !== undefined && !roomAdmission.isMoved(peer.personId))
			await this.#enterWith(peer, password, network);
		else if (admission === 'password')
			throw new CodedError('NOT_ADMITTED', 'This room needs a password.');
		else roomAdmission.knock(peer, name);
		this.refresh();
		return roomAdmission.stateOf(peer);
	}

	/** Tells people in the lobby and hosts what changed for them. */
	refresh(): void {
		const { roomAdmission, peerSessions, expect } = this.#parts;
		roomAdmission.settle();
		for (const peerSession of peerSessions.waiting) {
			const admissionState = roomAdmission.stateOf(peerSession.peer);
			if (isDeepStrictEqual(admissionState, peerSession.admissionState)) continue;
			peerSession.admissionState = admissionState;
			expect(peerSession.peer.id, admissionState.admission === 'open');
			peerSession.client?.tell('lobby:standing', admissionState);
		}
		const { knocks } = roomAdmission;
		if (isDeepStrictEqual(knocks, this.#announcedKnocks)) return;
		this.#announcedKnocks = knocks;
		peerSessions.tellHosts('knock:list', { knocks });
	}

	async #enterWith({ personId }: Peer, password: string, network: string): Promise<void> {
		const { roomId, rules, roomAdmission, passwords } = this.#parts;
		const hash = rules.passwordHash;
		await passwords.check(roomId, { personId, network }, password, hash);
		// The password may have been changed during the check, and the room locked.
		if (hash !== rules.passwordHash) throw new CodedError('BAD_PASSWORD');
		const admission = roomAdmission.admissionOf(personId);
		if (admission === 'locked' || admission === 'removed') roomAdmission.check(personId);
		// A host may have moved the person to the waiting room meanwhile.
		if (!roomAdmission.isMoved(personId)) roomAdmission.admit(personId);
	}
}
