import { addressOf } from './ownPaths.ts';

/** Asks whether the server is there. @returns its answer; null where none came, or the signal ended the wait. */
export const askServer = (signal: AbortSignal | null = null): Promise<Response | null> =>
	fetch(addressOf('/healthz'), { cache: 'no-store', signal }).catch(() => null);
