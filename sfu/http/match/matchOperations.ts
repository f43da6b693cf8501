import * as v from 'valibot';
import { matchId } from '#shared/ids.ts';
import { matchEnd, matchMessage, matchPartner, matchWish, waitEnd } from '#shared/match.ts';
import { matchKeep, matchPost, matchReceive, matchReport, namedMatch } from './matchRoutes.ts';
import type { Operation } from '../request/operation.ts';

const nothing = v.object({});
const matchState = v.picklist(['idle', 'waiting', 'matched']);
const waiting = v.number();
const stateAndWaiting = v.object({ state: matchState, waiting });
const seq = v.number();
const textEvent = v.variant('event', [
	v.object({ seq, event: v.literal('waiting'), waiting }),
	v.object({ seq, event: v.literal('found'), matchId, partner: matchPartner }),
	v.object({ seq, event: v.literal('message'), matchId, message: matchMessage }),
	v.object({ seq, event: v.literal('typing'), matchId, typing: v.boolean() }),
	v.object({ seq, event: v.literal('keep'), matchId, keep: v.boolean() }),
	v.object({ seq, event: v.literal('kept'), matchId }),
	v.object({ seq, event: v.literal('ended'), matchId, why: matchEnd, waiting }),
	v.object({ seq, event: v.literal('stopped'), why: waitEnd, message: v.string() }),
]);

/** Meeting strangers in writing. */
export const matchOperations: Readonly<Record<string, Operation>> = {
	'POST /api/match/start': {
		summary: 'Waits for somebody to meet in writing.',
		access: 'person',
		body: matchWish,
		data: stateAndWaiting,
		errors: ['LIMIT_REACHED', 'NOT_SAVED'],
	},
	'POST /api/match/send': {
		summary: 'Sends a message to the partner.',
		access: 'person',
		body: matchPost,
		data: v.object({ message: matchMessage }),
		errors: ['NOT_FOUND', 'CONFLICT'],
	},
	'POST /api/match/receive': {
		summary: 'Gives what happened, and waits while nothing has.',
		access: 'person',
		body: matchReceive,
		data: v.object({ state: matchState, events: v.array(textEvent) }),
		errors: ['NOT_FOUND', 'CONFLICT'],
	},
	'POST /api/match/next': {
		summary: 'Leaves the partner and waits for the next one.',
		access: 'person',
		body: namedMatch,
		data: stateAndWaiting,
		errors: ['NOT_FOUND'],
	},
	'POST /api/match/keep': {
		summary: 'Tells the partner that the person would like to stay in touch.',
		access: 'person',
		body: matchKeep,
		data: nothing,
		errors: ['NOT_FOUND', 'NOT_SAVED'],
	},
	'POST /api/match/block': {
		summary: 'Blocks the partner, or one of the last partners.',
		access: 'person',
		body: namedMatch,
		data: stateAndWaiting,
		errors: ['NOT_FOUND', 'NOT_SAVED'],
	},
	'POST /api/match/report': {
		summary: 'Reports the partner, or one of the last partners, to the administrators.',
		access: 'person',
		body: matchReport,
		data: stateAndWaiting,
		errors: ['NOT_FOUND', 'NOT_SAVED'],
	},
	'POST /api/match/disconnect': {
		summary: 'Ends the match and the waiting.',
		access: 'person',
		data: nothing,
	},
};
