import { expect, test } from 'vitest';
import { Presence, stateOver, type Tab } from '../../../sfu/people/presence/presence.ts';
import { newPersonId } from '../../../shared/ids.ts';
import type { ChosenState, PresenceState } from '../../../shared/people.ts';

const looked: Tab = { idle: false, inCall: false };
const idle: Tab = { idle: true, inCall: false };
const calling: Tab = { idle: true, inCall: true };

const table: [string, Tab[], ChosenState, PresenceState][] = [
	['no page', [], 'available', 'offline'],
	['no page, whatever was chosen', [], 'do-not-disturb', 'offline'],
	['a page that is looked at', [looked], 'available', 'available'],
	['one of two that is looked at', [idle, looked], 'available', 'available'],
	['pages that nobody looks at', [idle, idle], 'available', 'away'],
	['a call behind other windows', [idle, calling], 'available', 'in-call'],
	['a call of somebody who chose to be away', [calling], 'away', 'in-call'],
	['somebody who chose to be away', [looked], 'away', 'away'],
	['no disturbing, also in a call', [looked, calling], 'do-not-disturb', 'do-not-disturb'],
];

test('PEOPLE-6: who meets strangers is in a call, if they are here and may be disturbed', () => {
	expect(stateOver([idle], 'away', true)).toBe('in-call');
	expect(stateOver([looked], 'do-not-disturb', true)).toBe('do-not-disturb');
	expect(stateOver([], 'available', true)).toBe('offline');
});

test.each(table)('PEOPLE-1: %s', (_name, tabs, chosen, state) => {
	expect(stateOver(tabs, chosen)).toBe(state);
});

test.each([
	['no page', [], false],
	['pages that nobody looks at', [idle, idle], false],
	['one of two that is looked at', [idle, looked], true],
	['a call behind other windows', [idle, calling], true],
] as const)('PUSH-2: whether a person looks, with %s', (_name, tabs, looks) => {
	const presence = new Presence();
	const person = newPersonId();
	for (const tab of tabs) presence.enter(person, {}, { ...tab }, 'available');
	expect(presence.isLooking(person)).toBe(looks);
	const elsewhere = new Presence();
	const part = { tabs: [...tabs], chosen: null, name: null, meets: false };
	elsewhere.receive('another node', person, part);
	expect(elsewhere.isLooking(person)).toBe(looks);
	for (const one of [presence, elsewhere]) one.close();
});
