import type * as v from 'valibot';
import type { ErrorCode } from '#shared/errors.ts';

/**
 * Who may ask. `anyone`: also without a session. `cookie`: a browser with a session. `person`: the same, or an access token.
 * `administrator`: the session of an administrator; for other people there is no such operation. `metrics`: the operator's token.
 * `operator`: who can read the data folder.
 */
export type Access = 'anyone' | 'cookie' | 'person' | 'administrator' | 'metrics' | 'operator';

/** One method of one path, as docs/api/openapi.json states it. */
export type Operation = {
	summary: string;
	access: Access;
	/** Keys after the question mark. */
	query?: v.ObjectSchema<v.ObjectEntries, undefined>;
	/** The JSON that is sent. */
	body?: v.GenericSchema;
	/** Headers that the client sends, each with what it says. */
	headers?: Readonly<Record<string, string>>;
	/** The `data` of a good answer. */
	data?: v.GenericSchema;
	/** The media type of an answer that is not JSON in the usual shape. */
	content?: string;
	/** The status of a good answer: 200 unless it says otherwise. */
	status?: number;
	/** Besides those that `access` and a body bring along. */
	errors?: readonly ErrorCode[];
};

const accessErrors: Readonly<Record<Access, readonly ErrorCode[]>> = {
	anyone: [],
	cookie: [
		'UNAUTHENTICATED',
		'NOT_ALLOWED',
		'SUSPENDED',
		'SIGN_IN_REQUIRED',
		'NOT_SAVED',
		'UNAVAILABLE',
	],
	person: ['UNAUTHENTICATED', 'NOT_ALLOWED', 'SUSPENDED', 'SIGN_IN_REQUIRED', 'UNAVAILABLE'],
	administrator: ['UNAUTHENTICATED', 'NOT_FOUND', 'SUSPENDED', 'UNAVAILABLE'],
	metrics: ['UNAUTHENTICATED'],
	operator: ['UNAUTHENTICATED', 'UNAVAILABLE', 'LIMIT_REACHED'],
};

/** Every code that an operation may be answered with. */
export function errorsOf(path: string, operation: Operation): ErrorCode[] {
	if (operation.access === 'anyone' && !path.startsWith('/api/')) return [];
	const isAsked = operation.body || operation.query || path.includes(':');
	return [
		...new Set<ErrorCode>([
			...(isAsked ? (['BAD_REQUEST'] as const) : []),
			...(operation.body ? (['TOO_LARGE'] as const) : []),
			...accessErrors[operation.access],
			...(operation.errors ?? []),
			'TOO_MANY_REQUESTS',
			'INTERNAL',
		]),
	];
}
