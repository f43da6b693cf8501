import * as v from 'valibot';
import {
	messageId,
	peerId,
	personId,
	producerId,
	type MessageId,
	type PeerId,
	type PersonId,
	type ProducerId,
} from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';

/** A simulated person in the call. */
export type Guest = {
	/** Their place in the order of arrival, from 1. It is never given again. */
	readonly number: number;
	readonly role: Role;
	readonly label?: string | undefined;
	readonly microphoneOn: boolean;
	readonly cameraOn: boolean;
	readonly connected: boolean;
	/** Since when the hand is raised, in ms since 1970; null when it is not. */
	readonly hand: number | null;
	readonly hostMuted: boolean;
	/** The screen that the guest shares; null while they share none. Each share has another id. */
	readonly share: ProducerId | null;
};

/** The range of the number of people, with the person themselves. */
export const peopleRange = { least: 1, usual: 5, most: 49 } as const;

/** The number of the person themselves, who is no guest. */
export const ownNumber = 0;

/** The ids of the demo name their kind, so that colours and places are the same each time. */
const text = (of: string, number: number, turn = 0) =>
	`demo-${of}-${number}-${turn}`.padEnd(24, '-');
export const peerOf = (number: number): PeerId => v.parse(peerId, text('peer', number));
export const personOf = (number: number): PersonId => v.parse(personId, text('person', number));
export const microphoneOf = (number: number): ProducerId =>
	v.parse(producerId, text('microphone', number));
export const cameraOf = (number: number): ProducerId => v.parse(producerId, text('camera', number));
export const shareOf = (number: number, turn: number): ProducerId =>
	v.parse(producerId, text('share', number, turn));
export const messageOf = (number: number): MessageId => v.parse(messageId, text('message', number));

/** The kind of a demo id, such as `peer` or `camera`, and the number of its owner. */
export function partsOf(id: PeerId | PersonId | ProducerId): { of: string; number: number } {
	const [, of = '', number] = id.split('-');
	return { of, number: Number(number) };
}

export const guestName = (number: number): string => `Guest ${number}`;

/** A guest who has just joined: most have both devices on, so that there is something to see. */
export function newGuest(number: number): Guest {
	return {
		number,
		role: 'member',
		microphoneOn: number % 4 !== 0,
		cameraOn: number % 7 !== 6,
		connected: true,
		hand: null,
		hostMuted: false,
		share: null,
	};
}
