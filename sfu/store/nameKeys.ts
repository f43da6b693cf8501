import { foldedName, nameSkeleton } from '#shared/userName.ts';

/**
 * The key of an account whose name looks like that of an older one: such accounts are from before look-alikes counted
 * as the same. No skeleton has an equals sign.
 */
export const lateKey = (userName: string): string =>
	`${nameSkeleton(userName)}=${foldedName(userName)}`;

/** What an account may be found by under this name, the closest first. */
export const keysOf = (userName: string): [string, string] => [
	lateKey(userName),
	nameSkeleton(userName),
];
