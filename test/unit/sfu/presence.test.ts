import { expect, test } from 'vitest';
import { stateOver, type Tab } from '../../../sfu/people/presence/presence.ts';
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
