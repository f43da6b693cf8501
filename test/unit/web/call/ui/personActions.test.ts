import { describe, expect, test } from 'vitest';
import { handsInOrder, maySpeak, personActions } from '#lib/features/call/state/personActions.ts';

const quiet = {
	role: 'member',
	microphoneOn: false,
	cameraOn: false,
	hostMuted: false,
	hand: null,
	sharing: false,
} as const;

describe('what a host may do about somebody', () => {
	test.each([
		['somebody quiet', {}, 'everybody', ['label', 'make-host', 'hand-over', 'make-wait', 'remove']],
		[
			'somebody who speaks',
			{ microphoneOn: true },
			'everybody',
			['mute', 'label', 'make-host', 'hand-over', 'make-wait', 'remove'],
		],
		[
			'somebody muted who may unmute',
			{ hostMuted: true },
			'everybody',
			['label', 'make-host', 'hand-over', 'make-wait', 'remove'],
		],
		[
			'somebody muted who may not',
			{ hostMuted: true },
			'hosts',
			['allow-to-speak', 'label', 'make-host', 'hand-over', 'make-wait', 'remove'],
		],
		['another host', { role: 'host' }, 'everybody', ['label', 'take-host-back', 'hand-over']],
		[
			'somebody who does everything',
			{ microphoneOn: true, cameraOn: true, sharing: true, hand: 1 },
			'everybody',
			[
				'mute',
				'stop-camera',
				'stop-share',
				'lower-hand',
				'label',
				'make-host',
				'hand-over',
				'make-wait',
				'remove',
			],
		],
	] as const)('%s', (_, state, unmuting, actions) => {
		expect(personActions({ ...quiet, ...state }, true, { unmuting })).toEqual(actions);
		expect(personActions({ ...quiet, ...state }, false, { unmuting })).toEqual([]);
	});
});

describe('whether one may speak', () => {
	const call = (role: 'host' | 'member', hostMuted: boolean, unmuting: 'everybody' | 'hosts') =>
		({
			you: { name: 'Ana', inside: { role, hostMuted } },
			room: { policy: { unmuting } },
		}) as Parameters<typeof maySpeak>[0];

	test.each([
		['member', false, 'hosts', true],
		['member', true, 'hosts', false],
		['member', true, 'everybody', true],
		['host', true, 'hosts', true],
	] as const)('a %s, muted by a host: %s, unmuting for %s: %s', (role, muted, unmuting, may) => {
		expect(maySpeak(call(role, muted, unmuting))).toBe(may);
	});
});

test('hands are in the order in which they were raised', () => {
	const people = [
		{ name: 'Ana', hand: 30 },
		{ name: 'Bo', hand: null },
		{ name: 'Cy', hand: 10 },
	];
	expect(handsInOrder(people).map(({ name }) => name)).toEqual(['Cy', 'Ana']);
});
