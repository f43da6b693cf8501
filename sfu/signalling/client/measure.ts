import { CodedError } from '#shared/errors.ts';
import { limits } from '#shared/limits.ts';
import { bounds } from './bounds.ts';

/**
 * The size in bytes, as JSON, of what came as the data of a request. It costs no more than the packet was long, whatever is in it.
 *
 * @throws {CodedError} TOO_LARGE beyond the limit of a request (CONN-5); BAD_REQUEST for bytes and what is nested too deeply (CONN-9).
 */
export function measure(input: unknown): number {
	let level: unknown[] = [input];
	let values = 0;
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > bounds.depth)
			throw new CodedError('BAD_REQUEST', 'The request is nested too deeply.');
		values += level.length;
		// Each takes two bytes at least, with what stands between it and the next.
		if (values * 2 > limits.requestBytes) throw new CodedError('TOO_LARGE');
		const below: unknown[] = [];
		for (const value of level) {
			if (typeof value !== 'object' || value === null) continue;
			// An attachment can stand in many places of one packet: written as JSON it would be many times as long.
			if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
				throw new CodedError('BAD_REQUEST', 'No request holds bytes.');
			for (const inner of Object.values(value)) below.push(inner);
		}
		level = below;
	}
	const size = Buffer.byteLength(JSON.stringify(input ?? null));
	if (size > limits.requestBytes) throw new CodedError('TOO_LARGE');
	return size;
}
