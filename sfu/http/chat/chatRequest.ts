import type { Request } from 'express';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { requests, type Parsed, type RequestName } from '#shared/protocol.ts';
import { parsed } from '../request/input.ts';

/** Parameters of an outer router are there too, though Express does not type them. */
type Addressed = { params: object; query: Request['query'] };

/** The chat that an address names: the room's own or, with `?with=`, that with another person. */
export const chatOf = ({ params, query }: Addressed) => ({
	roomId: 'roomId' in params ? params.roomId : undefined,
	with: query['with'],
});

/** Converts an HTTP request to the corresponding request of the protocol. */
export function asRequest<N extends RequestName>(name: N, input: unknown): Parsed<N> {
	return parsed(requests[name].input, input) as Parsed<N>;
}

/**
 * The JSON object of the body.
 *
 * @throws {CodedError} BAD_REQUEST if there is none.
 */
export function bodyOf({ body }: Request): Record<string, unknown> {
	const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
	if (isObject) return body as Record<string, unknown>;
	throw new CodedError(
		'BAD_REQUEST',
		'Send one JSON object, with the header Content-Type: application/json.',
	);
}

const whole = v.pipe(
	v.string('must be given once'),
	v.regex(/^\d{1,15}$/, 'must be a whole number'),
	v.transform(Number),
);

/** A moment, as a date or as a date and a time of ISO 8601. */
const moment = v.pipe(
	v.string('must be given once'),
	// No message is older than 1970.
	v.transform((text) => Math.max(0, Date.parse(text))),
	v.number('must be a date such as 2026-01-31 or 2026-01-31T12:00:00Z'),
);

/** Keys of an address that say which part of a chat is wanted. */
export const pageQuery = v.object({
	after: v.optional(whole),
	before: v.optional(whole),
	around: v.optional(whole),
	since: v.optional(moment),
	revision: v.optional(whole),
	limit: v.optional(whole),
	/** How many seconds the answer may wait. */
	wait: v.optional(v.pipe(whole, v.maxValue(60, 'is at most 60 seconds')), '0'),
});

export const wantedOf = ({ query }: Pick<Request, 'query'>) => parsed(pageQuery, query);

/**
 * The place in a chat where a page begins or ends.
 *
 * @throws {CodedError} BAD_REQUEST if the query names more than one.
 */
export function pageFromOf({
	after,
	before,
	around,
	since,
}: Omit<ReturnType<typeof wantedOf>, 'wait'>) {
	const named = [
		...(after === undefined ? [] : [{ kind: 'after', seq: after }]),
		...(before === undefined ? [] : [{ kind: 'before', seq: before }]),
		...(around === undefined ? [] : [{ kind: 'around', seq: around }]),
		...(since === undefined ? [] : [{ kind: 'since', at: since }]),
	];
	if (named.length > 1)
		throw new CodedError('BAD_REQUEST', 'Use only one of after, before, around and since.');
	return named[0] ?? { kind: 'latest' };
}
