import { pushRequests } from '#shared/push.ts';
import type { Operation } from '../request/operation.ts';

function push(
	name: keyof typeof pushRequests,
	operation: Pick<Operation, 'summary' | 'errors'>,
): Operation {
	const { input, output } = pushRequests[name];
	const hasBody = name.startsWith('P');
	return { ...operation, access: 'cookie', data: output, ...(hasBody && { body: input }) };
}

/** Notifications by push services. */
export const pushOperations: Readonly<Record<string, Operation>> = {
	'GET /api/push': push('GET /api/push', {
		summary: 'Tells the key for which browsers subscribe to notifications.',
	}),
	'PUT /api/push': push('PUT /api/push', {
		summary: 'Keeps where the notifications of this session go.',
	}),
	'DELETE /api/push': push('DELETE /api/push', {
		summary: 'Ends the notifications of this session.',
	}),
	'POST /api/push/decline': push('POST /api/push/decline', {
		summary: 'Declines a call from its notification.',
		errors: ['NOT_FOUND', 'CONFLICT'],
	}),
};
