import * as v from 'valibot';
import { count } from './settingKinds.ts';

/** The section `rooms`. */
export const rooms = v.strictObject({
	maxPeers: count('How many people fit in one room.', 50, 1, 1000),
	graceSeconds: count(
		'How long the place of a person whose connection was lost is kept.',
		30,
		0,
		600,
	),
	audibleSpeakers: count(
		'How many speaking microphones of a room are heard at a time; 0 means all.',
		8,
		0,
		1000,
	),
});

/** The section `calls`. */
export const calls = v.strictObject({
	ringSeconds: count('How long a call to a person rings.', 30, 1, 300),
	recordDays: count(
		'How many days the service stores who was in which call. A room that keeps its chat for a shorter time stores it for that time.',
		365,
		1,
		3650,
	),
});

/** The section `drain`. */
export const drain = v.strictObject({
	seconds: count(
		'After SIGTERM no new calls begin, and running calls may go on for this long; 0 ends them at once.',
		20,
		0,
		86_400,
	),
});
