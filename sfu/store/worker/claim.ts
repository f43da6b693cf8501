import { StartError } from '../../platform/startError.ts';

/** The right of this process to use the data. It ends with the process at the latest. */
export type Claim = { release(): Promise<void> };

/**
 * @param place what is in use, in words.
 * @param by who uses it.
 * @param what this process should be given instead, such as "a folder".
 */
export const inUse = (place: string, by: string, what: string) =>
	new StartError(
		`${place} is in use by another Parley (${by}). Stop that one first, or give this one ${what} of its own.`,
	);
