import * as v from 'valibot';
import { fact } from './define.ts';
import { protocolVersion } from './version.ts';

/** What a client states in `auth` when it connects. Without a version it speaks the server's. */
export const clientVersion = v.object({
	protocol: v.optional(v.pipe(v.number(), v.integer()), protocolVersion),
	/** The build of the page; empty for a client without one, such as a script. */
	build: v.optional(v.pipe(v.string(), v.maxLength(100)), ''),
	/** The parameters of the page's address, which may be of a visit to the room that `place` names (ACCOUNT-25). */
	page: v.optional(v.fallback(v.pipe(v.string(), v.maxLength(2000)), ''), ''),
});

export const versionFacts = {
	/** The first fact after each connect. A page of another build can reload when that disturbs nobody. */
	'service:version': fact(
		v.object({
			protocol: v.number(),
			/** The build of the pages that the server serves; empty if no pages are built. */
			build: v.string(),
		}),
	),
};
