import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';

/**
 * What was sent, if it fits the schema.
 *
 * @throws {CodedError} BAD_REQUEST that says what does not.
 */
export function parsed<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
	const result = v.safeParse(schema, input);
	if (result.success) return result.output;
	const [issue] = result.issues;
	// The parts of a protocol's request that have no name of their own here.
	const path = v.getDotPath(issue)?.replace(/^(?:chat|draft|from|retention)(?:\.|$)/, '');
	throw new CodedError('BAD_REQUEST', path ? `${path}: ${issue.message}` : issue.message);
}
