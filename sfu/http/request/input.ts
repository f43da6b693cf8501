import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';

/**
 * The input, if it matches the schema.
 *
 * @throws {CodedError} BAD_REQUEST that names the wrong part.
 */
export function parsed<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
	const result = v.safeParse(schema, input);
	if (result.success) return result.output;
	const [issue] = result.issues;
	// These parts of the protocol's request have no name in HTTP.
	const path = v.getDotPath(issue)?.replace(/^(?:chat|draft|from|retention)(?:\.|$)/, '');
	throw new CodedError('BAD_REQUEST', path ? `${path}: ${issue.message}` : issue.message);
}
