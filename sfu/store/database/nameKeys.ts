import { foldedName, nameSkeleton } from '#shared/userName.ts';

/**
 * The key of an account whose name looks like that of an older one. Such accounts were made before look-alikes counted
 * as the same. No skeleton contains an equals sign.
 */
export const lateKey = (userName: string): string =>
	`${nameSkeleton(userName)}=${foldedName(userName)}`;

/** The keys by which an account may be found under this name, the closest first. */
export const keysOf = (userName: string): [string, string] => [
	lateKey(userName),
	nameSkeleton(userName),
];
