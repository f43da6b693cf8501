import * as v from 'valibot';
import { expect, test } from 'vitest';
import { newPersonId, newRingId, newRoomId } from '#shared/ids.ts';
import { requests, type RequestName } from '#shared/protocol.ts';

const roomId = newRoomId();
const chat = { roomId };
const call = { ringId: newRingId(), roomId, personId: newPersonId(), name: 'Ann', video: true };

/** Requests with a number that the database is asked for, or that is reckoned with. */
const numbers: [RequestName, string, (number: number) => object][] = [
	['chat:page', 'since', (at) => ({ chat, from: { kind: 'since', at } })],
	['chat:page', 'before', (seq) => ({ chat, from: { kind: 'before', seq } })],
	['chat:page', 'after', (seq) => ({ chat, from: { kind: 'after', seq } })],
	['chat:page', 'around', (seq) => ({ chat, from: { kind: 'around', seq } })],
	['chat:page', 'limit', (limit) => ({ chat, from: { kind: 'latest' }, limit })],
	['chat:changes', 'revision', (revision) => ({ chat, revision })],
	['chat:changes', 'limit', (limit) => ({ chat, revision: 1, limit })],
	['chat:read', 'seq', (seq) => ({ chat, seq })],
	['chat:search', 'before', (before) => ({ chat, query: 'a', before })],
	['chat:search', 'limit', (limit) => ({ chat, query: 'a', limit })],
	['people:history', 'before', (before) => ({ before })],
	['people:history', 'limit', (limit) => ({ limit })],
	['call:start', 'age', (age) => ({ ...call, age })],
];

test.each(numbers)('A-L10: %s takes no %s that a database cannot', (name, _, input) => {
	const { input: schema } = requests[name];
	expect(v.is(schema, input(3))).toBe(true);
	for (const number of [0.5, -1, 1e16, 1e300, JSON.parse('1e999') as number, NaN])
		expect([number, v.is(schema, input(number))]).toEqual([number, false]);
});
