import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { clientVersion } from '#shared/handshake.ts';
import { spokenVersions } from '#shared/version.ts';
import type { OwnPages } from '../people/origin.ts';

/**
 * Whether a connection may be opened by this request (R2): by pages of ours, and by programs. Long polling in the form of a
 * script (`j`) would let a page of another site read the answers.
 */
export function mayOpen(request: IncomingMessage, ownPages: OwnPages): boolean {
	const query = URL.parse(request.url ?? '', 'http://service')?.searchParams;
	return query !== undefined && !query.has('j') && ownPages.allow(request);
}

/** @throws {CodedError} CLIENT_TOO_OLD, BAD_REQUEST (R170). */
export function checkVersion(auth: unknown): void {
	const said = v.safeParse(clientVersion, auth);
	if (!said.success) throw new CodedError('BAD_REQUEST');
	if (!spokenVersions.includes(said.output.protocol)) throw new CodedError('CLIENT_TOO_OLD');
}
