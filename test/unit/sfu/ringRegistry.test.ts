import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RingRegistry, type Ring, type NewRing } from '../../../sfu/calls/ringRegistry.ts';
import { newPersonId, newRingId, newRoomId } from '../../../shared/ids.ts';
import type { Author } from '../../../shared/members.ts';

const [ann, ben, zoe] = ['Ann', 'Ben', 'Zoe'].map((name): Author => ({
	personId: newPersonId(),
	name,
})) as [Author, Author, Author];

const newRing = (caller: Author, callee: Author, change: Partial<NewRing> = {}): NewRing => ({
	...{ ringId: newRingId(), roomId: newRoomId(), caller, callee },
	...{ video: true, since: 0, silence: null, refused: false, others: [] },
	shown: { name: 'Somebody', known: true },
	...change,
});

/** The code of what is thrown, or what comes back. */
function codeOf(ask: () => unknown): unknown {
	try {
		ask();
		return 'OK';
	} catch (error) {
		return error instanceof Error && 'code' in error ? error.code : error;
	}
}

describe('starting', () => {
	/** What went on before, the wish, and what comes of it. */
	const table: [string, NewRing[], NewRing, { kind: string; outcome: Ring['outcome'] }][] = [
		['nobody calls', [], newRing(ann, ben), { kind: 'ringing', outcome: null }],
		[
			'the callee is called',
			[newRing(zoe, ben)],
			newRing(ann, ben),
			{ kind: 'refused', outcome: 'busy' },
		],
		[
			'the callee calls',
			[newRing(ben, zoe)],
			newRing(ann, ben),
			{ kind: 'refused', outcome: 'busy' },
		],
		[
			'the callee only adds somebody to a call',
			[newRing(ben, zoe, { others: ['Somebody'] })],
			newRing(ann, ben),
			{ kind: 'ringing', outcome: null },
		],
		[
			'the callee does not know that they are called',
			[newRing(zoe, ben, { silence: 'hidden' })],
			newRing(ann, ben),
			{ kind: 'ringing', outcome: null },
		],
		['both call', [newRing(ben, ann)], newRing(ann, ben), { kind: 'met', outcome: 'accepted' }],
		[
			'the callee is not to be disturbed',
			[],
			newRing(ann, ben, { refused: true }),
			{ kind: 'refused', outcome: 'do-not-disturb' },
		],
		[
			'the caller is blocked, whatever else there is',
			[newRing(zoe, ben)],
			newRing(ann, ben, { silence: 'hidden', refused: true }),
			{ kind: 'ringing', outcome: null },
		],
		[
			'the callee is called by the one who adds them to a call',
			[newRing(ben, ann)],
			newRing(ann, ben, { others: ['Zoe'] }),
			{ kind: 'ringing', outcome: null },
		],
	];

	test.each(table)('while %s', (_name, before, last, expected) => {
		const board = new RingRegistry();
		for (const one of before) board.start(one);
		const { kind, ring } = board.start(last);
		expect({ kind, outcome: ring.outcome }).toEqual(expected);
	});

	test('an id that another ring has, elsewhere, and twice into one room', () => {
		const board = new RingRegistry();
		const first = newRing(ann, ben);
		board.start(first);
		const again = { ...first };
		expect(board.start(again).kind).toBe('known');
		expect(codeOf(() => board.start({ ...first, callee: zoe }))).toBe('CONFLICT');
		expect(codeOf(() => board.start(newRing(ann, zoe)))).toBe('CONFLICT');
		const { roomId } = first;
		expect(codeOf(() => board.start(newRing(zoe, ben, { roomId })))).toBe('CONFLICT');
	});

	test('not too many into one room', () => {
		const board = new RingRegistry();
		const roomId = newRoomId();
		const people = Array.from({ length: 13 }, (): Author => ({
			personId: newPersonId(),
			name: 'X',
		}));
		const codes = people.map((one) => codeOf(() => board.start(newRing(ann, one, { roomId }))));
		expect(codes).toEqual([...Array<string>(12).fill('OK'), 'LIMIT_REACHED']);
	});
});

describe('who comes into the room', () => {
	test('is called there, or has accepted', () => {
		const board = new RingRegistry();
		const { ring } = board.start(newRing(ann, ben));
		const quiet = board.start(newRing(zoe, ann, { silence: 'quiet' })).ring;
		expect(board.invites(ring.roomId, ben.personId)).toBe(true);
		expect(board.invites(ring.roomId, zoe.personId)).toBe(false);
		expect(board.invites(quiet.roomId, ann.personId)).toBe(false);
		board.accept(ring.ringId, ben.personId);
		expect(board.invites(ring.roomId, ben.personId)).toBe(true);
		board.forget(ring.ringId);
		expect(board.invites(ring.roomId, ben.personId)).toBe(false);
	});

	test('was not declined', () => {
		const board = new RingRegistry();
		const { ring } = board.start(newRing(ann, ben));
		board.decline(ring.ringId, ben.personId, false);
		expect(board.invites(ring.roomId, ben.personId)).toBe(false);
		expect(board.isRingingIn(ring.roomId)).toBe(false);
	});
});

/** One thing that somebody does, by number, so that a failing run can be told in short. */
const act = fc.record({
	kind: fc.constantFrom(
		'start',
		'start',
		'start',
		'accept',
		'decline',
		'cancel',
		'expire',
		'join',
		'hide',
	),
	who: fc.nat(4),
	whom: fc.nat(4),
	room: fc.nat(3),
	ring: fc.nat(30),
	silence: fc.constantFrom(null, null, null, 'quiet' as const, 'hidden' as const),
	refused: fc.boolean(),
	adding: fc.boolean(),
});

test('whatever people do at once: a ring ends once and for good, by its own two people, and every ring can', () => {
	const seed = Date.now() % 1_000_000;
	console.log(`ring registry: seed ${seed}`);
	const people = Array.from({ length: 5 }, (_, i): Author => ({
		personId: newPersonId(),
		name: `P${i}`,
	}));
	const rooms = Array.from({ length: 4 }, newRoomId);
	const ids = Array.from({ length: 31 }, newRingId);
	const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

	fc.assert(
		fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
			const board = new RingRegistry();
			const ended = new Map<string, Ring['outcome']>();
			for (const { kind, who, whom, room, ring, silence, refused, adding } of acts) {
				const [person, other] = [pick(people, who), pick(people, whom)];
				const [ringId, roomId] = [pick(ids, ring), pick(rooms, room)];
				codeOf(() => {
					switch (kind) {
						case 'start':
							if (person === other) return;
							return board.start({
								...{ ringId, roomId, caller: person, callee: other, video: true, since: 0 },
								shown: { name: 'Somebody', known: true },
								...{ silence, refused, others: adding ? ['Somebody'] : [] },
							});
						case 'accept':
							return board.accept(ringId, person.personId);
						case 'decline':
							return board.decline(ringId, person.personId, refused);
						case 'cancel':
							return board.cancel(ringId, person.personId);
						case 'expire':
							return board.expire(ringId);
						case 'join':
							return board.joined(roomId, person.personId);
						default:
							return board.hide(person.personId, other.personId);
					}
				});
				for (const one of board.all) {
					// What has ended stays as it ended.
					const before = ended.get(one.ringId);
					if (before !== undefined) expect(one.outcome).toBe(before);
					else if (one.outcome !== null) ended.set(one.ringId, one.outcome);
					expect(one.caller.personId).not.toBe(one.callee.personId);
				}
				const ringing = board.all.filter(({ outcome }) => outcome === null);
				for (const { personId } of people) {
					// Nobody calls into two rooms at a time, nor is called twice into one.
					const by = ringing.filter(({ caller }) => caller.personId === personId);
					expect(new Set(by.map((one) => one.roomId)).size).toBeLessThanOrEqual(1);
					const to = ringing.filter(({ callee }) => callee.personId === personId);
					expect(new Set(to.map((one) => one.roomId)).size).toBe(to.length);
				}
			}
			// Time ends what people do not.
			for (const { ringId } of board.all) board.expire(ringId);
			expect(board.all.every(({ outcome }) => outcome !== null)).toBe(true);
		}),
		{ seed, numRuns: 300 },
	);
});

test('one ring puts nobody into two calls: accepting ends what one is calling elsewhere', () => {
	const seed = Date.now() % 1_000_000;
	console.log(`ring registry, accepting: seed ${seed}`);
	fc.assert(
		fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { maxLength: 20 }), (pairs) => {
			const board = new RingRegistry();
			const people = Array.from({ length: 4 }, (_, i): Author => ({
				...{ personId: newPersonId(), name: `P${i}` },
			}));
			for (const [from, to] of pairs) {
				const [caller, callee] = [people[from], people[to]];
				if (!caller || !callee || caller === callee) continue;
				codeOf(() => board.start(newRing(caller, callee)));
				for (const { ringId, outcome, callee: called } of board.all) {
					if (outcome !== null) continue;
					const { ring } = board.accept(ringId, called.personId);
					const own = board.all.filter(
						(one) => one.outcome === null && one.caller.personId === called.personId,
					);
					expect(own.filter(({ roomId }) => roomId !== ring.roomId)).toEqual([]);
					expect(codeOf(() => board.accept(ringId, called.personId))).toBe('CONFLICT');
					break;
				}
			}
		}),
		{ seed, numRuns: 200 },
	);
});
