import { describe, expect, it } from 'vitest';
import { newRoomId } from '#shared/ids.ts';
import {
	isGuessable,
	parseRoomCode,
	parseRoomInput,
	roomTitle,
} from '#lib/features/rooms/engine/roomLink.ts';

const origin = 'https://meet.example:8443';

describe('the way into a room', () => {
	it.each([
		['a code', 'blue-door', 'blue-door'],
		['a code in capitals', 'BLUE-Door', 'blue-door'],
		['a code with space around it', '  blue-door\n', 'blue-door'],
		['a link', 'https://meet.example:8443/room/blue-door', 'blue-door'],
		['a link in capitals', 'HTTPS://MEET.example:8443/room/BLUE-DOOR', 'blue-door'],
		[
			'a link with a slash, a question and a fragment',
			`${origin}/room/blue-door/?a=b#c`,
			'blue-door',
		],
		['a link without its scheme', 'meet.example:8443/room/blue-door', 'blue-door'],
		['a path', '/room/blue-door', 'blue-door'],
		['an escaped link', `${origin}/room/blue%2Ddoor`, 'blue-door'],
	])('is found in %s', (_, text, roomId) => {
		expect(parseRoomInput(text, origin)).toEqual({ ok: true, roomId });
	});

	it('is found in the link of a new room', () => {
		const roomId = newRoomId();
		expect(parseRoomInput(`${origin}/room/${roomId}`, origin)).toEqual({ ok: true, roomId });
	});

	it.each([
		['nothing', '', /Enter or paste/],
		['only space', ' \t ', /Enter or paste/],
		['a code that is too short', 'ab', /at least 3/],
		['a code that is too long', 'a'.repeat(65), /up to 64/],
		['a code with a space', 'blue door', /only use the letters/],
		['a code with an accent', 'türe', /only use the letters/],
		['a code that begins with a sign', '-door', /start with/],
		[
			'another server',
			'https://other.example/room/blue-door',
			/other\.example, not to this server/,
		],
		['another scheme', 'javascript://meet.example/room/blue-door', /not to this server/],
		['another page', `${origin}/people`, /not to a room/],
		['a room without a code', `${origin}/room/`, /not to a room/],
		['an escape that is broken', `${origin}/room/%E0%A4%A`, /only use the letters/],
		['markup', '<b>door</b>', /./],
	])('is not found in %s, and the reason is said', (_, text, problem) => {
		const parsed = parseRoomInput(text, origin);
		expect(parsed).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
	});

	it('folds a code in the address to its canonical form', () => {
		expect(parseRoomCode('Blue-Door')).toEqual({ ok: true, roomId: 'blue-door' });
	});
});

describe('a room', () => {
	it('with a chosen name can be guessed, a new one cannot', () => {
		const chosen = parseRoomCode('blue-door');
		expect(chosen.ok && isGuessable(chosen.roomId)).toBe(true);
		expect(isGuessable(newRoomId())).toBe(false);
	});

	it.each([
		['its title', { id: 'x7', title: 'Monday round' }, 'Monday round'],
		['its chosen name', { id: 'blue-door', title: 'blue-door' }, 'blue-door'],
		[
			'the beginning of a generated id',
			{ id: '0123456789abcdefghjkmnpqrs', title: '0123456789abcdefghjkmnpqrs' },
			'Room 0123…',
		],
	])('is called by %s', (_, room, title) => {
		expect(roomTitle(room)).toBe(title);
	});

	it('without a name is called by the people in it, who stand behind a name', () => {
		const id = '0123456789abcdefghjkmnpqrs';
		const nameless = { id, title: id };
		expect(roomTitle(nameless, ['Bo'])).toBe('Room with Bo');
		expect(roomTitle(nameless, ['Bo', 'Cy', 'Di'])).toBe('Room with Bo, Cy and Di');
		expect(roomTitle(nameless, ['Bo', 'Cy', 'Di'], 12)).toBe('Room with Bo, Cy and 10 others');
		expect(roomTitle({ id, title: 'Lessons' }, ['Bo'])).toBe('Lessons');
		expect(roomTitle({ id: 'blue-door', title: 'blue-door' }, ['Bo'])).toBe('blue-door');
	});
});
