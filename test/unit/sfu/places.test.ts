import { describe, expect, test } from 'vitest';
import { bestOf } from '../../../sfu/nodes/places.ts';
import { connectionId, wantedBy } from '../../../sfu/nodes/relay.ts';
import { newRoomId } from '../../../shared/ids.ts';
import { placeOfPage, placeOfRequest } from '#lib/connection/place.ts';

const node = (id: string, load = 0, draining = false) => ({ id, load, draining });

describe('the node for a new place', () => {
	test.each([
		['the least loaded one', [node('a', 0.5), node('b', 0.1), node('c', 0.9)], 'b'],
		['none that is about to end', [node('a', 0, true), node('b', 0.8)], 'b'],
		['none where all are about to end', [node('a', 0, true)], null],
		['none where there is none', [], null],
	])('is %s', (_what, nodes, best) => expect(bestOf(nodes, 'room x')).toBe(best));

	test('is the same whichever node looks, and another one for another place', () => {
		const nodes = ['a', 'b', 'c'].map((id, index) => node(id, index / 100));
		const rooms = Array.from({ length: 60 }, () => `room ${newRoomId()}`);
		const chosen = rooms.map((room) => bestOf(nodes, room));
		expect(rooms.map((room) => bestOf(nodes.toReversed(), room))).toEqual(chosen);
		expect(new Set(chosen)).toEqual(new Set(['a', 'b', 'c']));
	});
});

const room = newRoomId();

describe('what a request is for', () => {
	test.each([
		[
			`/socket.io/?EIO=4&transport=websocket&place=${room}`,
			{ kind: 'place', place: `room ${room}` },
		],
		[
			'/socket.io/?EIO=4&transport=websocket&place=strangers',
			{ kind: 'place', place: 'strangers' },
		],
		[
			`/socket.io/?place=${room}&sid=${connectionId('node-1', 'abc')}`,
			{ kind: 'connection', node: 'node-1' },
		],
		['/socket.io/?EIO=4&transport=websocket', null],
		['/socket.io/?place=', null],
		['/socket.io/?place=%00', null],
		['/socket.io/?place=no/room', null],
		['/api/match/start', { kind: 'place', place: 'strangers' }],
		['/api/match', { kind: 'place', place: 'strangers' }],
		['/api/matches', null],
		['/room/abc?place=strangers', null],
	])('%s', (url, wanted) => expect(wantedBy(url)).toEqual(wanted));
});

describe('the place of a page', () => {
	test.each([
		['/room/abc', 'abc'],
		['/room/abc/', 'abc'],
		['/next', 'strangers'],
		['/', null],
		['/people', null],
		['/roommates', null],
	])('%s', (path, place) => expect(placeOfPage(path)).toBe(place));

	test('of a request is its room, or the strangers', () => {
		expect(placeOfRequest({ roomId: room })).toBe(room);
		expect(placeOfRequest({ media: true })).toBe('strangers');
	});
});
