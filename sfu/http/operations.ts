import * as v from 'valibot';
import { fileId, messageId, personId, reportId, roomId, tokenId } from '#shared/ids.ts';
import { mediaReport } from '#shared/doctor.ts';
import { requests } from '#shared/protocol.ts';
import { accountOperations } from './account/accountOperations.ts';
import { pushOperations } from './account/pushOperations.ts';
import { adminOperations } from './admin/adminOperations.ts';
import { chatOperations } from './chat/chatOperations.ts';
import { matchOperations } from './match/matchOperations.ts';
import type { Operation } from './request/operation.ts';

const serviceOperations: Readonly<Record<string, Operation>> = {
	'GET /healthz': {
		summary: 'Says that the process lives.',
		access: 'anyone',
		content: 'text/plain',
	},
	'GET /readyz': {
		summary:
			'Says whether the service can take calls. If it cannot, the status is 503 and the text is the reason.',
		access: 'anyone',
		content: 'text/plain',
	},
	'GET /robots.txt': {
		summary: 'Tells search engines what not to visit.',
		access: 'anyone',
		content: 'text/plain',
	},
	'GET /metrics': {
		summary:
			'The metrics, in the text format of Prometheus. Without metrics.token there is no such address.',
		access: 'metrics',
		content: 'text/plain',
	},
	'POST /doctor/media': {
		summary: 'Tries the media ports for "npm run doctor" on the same machine.',
		access: 'operator',
		data: mediaReport,
	},
	'GET /new': { summary: 'Leads to a new room.', access: 'anyone', status: 303 },
};

/** Every operation of the HTTP API, by `METHOD /path`. A test holds it against the routes that the service registers. */
export const operations: Readonly<Record<string, Operation>> = {
	...serviceOperations,
	...accountOperations,
	...pushOperations,
	...chatOperations,
	...matchOperations,
	...adminOperations,
};

/** What stands for a part of a path, by its name. */
export const pathParameters = {
	roomId,
	messageId,
	fileId,
	tokenId,
	reportId,
	personId,
	emoji: requests['chat:react'].input.entries.emoji,
	name: v.string(),
} as const;
