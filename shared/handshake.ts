import * as v from 'valibot';
import { fact } from './define.ts';
import { protocolVersion } from './version.ts';

/** What a client says of itself as it connects (`auth`). A client that says nothing speaks the version of the server. */
export const clientVersion = v.object({
	protocol: v.optional(v.pipe(v.number(), v.integer()), protocolVersion),
	/** The build of the page; empty where there is none, as in a script. */
	build: v.optional(v.pipe(v.string(), v.maxLength(100)), ''),
});

export const versionFacts = {
	/** Told first of all after each connect: a page of another build can reload when that disturbs nobody. */
	'service:version': fact(
		v.object({
			protocol: v.number(),
			/** The build of the pages that the server serves; empty where none are built. */
			build: v.string(),
		}),
	),
};
