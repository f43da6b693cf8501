import type { RequestName } from '#shared/protocol.ts';

/** The budget of one person: points for each span of seconds. */
export const personBudget = { points: 300, duration: 5 };
/** The budget of one network: a hundred people who use up their budgets. */
export const addressBudget = { points: 100 * personBudget.points, duration: personBudget.duration };

/** Requests that cost the server more than reading cost more points than one. */
const costs: Partial<Record<RequestName, number>> = {
	'lobby:enter': 10,
	'lobby:prepare': 3,
	'room:knock': 20,
	'room:hand': 5,
	'room:react': 5,
	'room:name': 10,
	'room:rename': 10,
	'host:policy': 10,
	'host:mute-all': 10,
	'host:remove': 5,
	'host:name': 5,
	'host:allow': 5,
	'host:hand-over': 10,
	'host:label': 5,
	'host:make-wait': 5,
	'encryption:rekey': 10,
	'encryption:chain': 5,
	'media:produce': 3,
	'media:loopback': 2,
	'media:quality': 20,
	'match:enter': 10,
	'match:start': 5,
	'match:next': 5,
	'match:post': 3,
	'match:keep': 5,
	'match:block': 10,
	'match:report': 20,
	'chat:open': 5,
	'chat:enter': 5,
	'chat:page': 2,
	'chat:changes': 2,
	'chat:post': 3,
	'chat:edit': 3,
	'chat:delete': 3,
	'chat:react': 3,
	'chat:correct': 3,
	'chat:search': 10,
	'people:open': 10,
	'people:add': 5,
	'people:add-by-code': 20,
	'people:block': 5,
	'people:unblock': 5,
	'people:code': 5,
	'people:direct': 5,
	'people:history': 5,
	'call:start': 10,
};

/** Bytes of a request that one point more pays for. */
const requestPoint = 8 * 1024;
/** Of lists it pays for some ten entries, each of which is work for the media engine. */
const listPoints: Partial<Record<RequestName, number>> = {
	'media:want': 1024,
	'media:resume': 512,
	'media:keyframe': 256,
};
/** Bytes of an answer that one point more pays for. */
const answerPoint = 16 * 1024;

/** Points of a request of this size in bytes, before it is carried out; of one that is unknown without a name. */
export function costOf(name: RequestName | null, size: number): number {
	if (name === null) return 1 + Math.floor(size / requestPoint);
	return (costs[name] ?? 1) + Math.floor(size / (listPoints[name] ?? requestPoint));
}

/** Points of an answer of this size in bytes, beside those of its request. */
export const costOfAnswer = (size: number): number => Math.floor(size / answerPoint);
