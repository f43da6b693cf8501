import { ok, warning, type Seen } from './findings.ts';

/** By how much two clocks may differ, in ms. Dates of HTTP are whole seconds. */
const tolerated = 5_000;

/**
 * @param ahead by how many ms the other clock is ahead of this machine's.
 * @param whose the other clock is.
 */
export function judgeClock(ahead: number, whose: string): Seen {
	const seconds = Math.round(Math.abs(ahead) / 1000);
	if (Math.abs(ahead) <= tolerated) return ok(`The clocks of this machine and of ${whose} agree.`);
	return warning(
		`The clock of this machine is ${seconds} s ${ahead > 0 ? 'behind' : 'ahead of'} that of ${whose}.`,
		'Let both machines set their clocks by NTP: credentials for TURN and sign-in end too early or too late.',
	);
}
