import { describe, expect, test } from 'vitest';
import { connectionId, destinationOf } from '../../../sfu/nodes/relay.ts';
import { newRoomId } from '../../../shared/ids.ts';
import { placeOfPage, placeOfRequest } from '#lib/connection/place.ts';

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
	])('%s', (url, wanted) => expect(destinationOf(url)).toEqual(wanted));
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
