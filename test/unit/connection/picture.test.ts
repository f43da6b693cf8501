import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CodedError } from '#shared/errors.ts';
import { newResumeToken } from '#shared/ids.ts';
import { roomConsequences } from '#lib/connection/consequences.ts';
import { idle, type Event, type State } from '#lib/connection/state.ts';
import { transition } from '#lib/connection/transition.ts';

const page = new URL('../../../docs/connection.md', import.meta.url);
const token = newResumeToken();
const turn = 0;

/** What may happen, under the name that the picture gives it. Each code stands for one consequence. */
const happenings: readonly (readonly [label: string, event: Event])[] = [
	['enter', { kind: 'enter', connected: false }],
	['enter', { kind: 'enter', connected: true }],
	['join', { kind: 'join', number: 1, name: 'Ana' }],
	['step-back', { kind: 'step-back' }],
	['leave', { kind: 'leave' }],
	['page-gone', { kind: 'page-gone' }],
	['up', { kind: 'up' }],
	['down', { kind: 'down' }],
	['refused', { kind: 'refused', error: new CodedError('SIGNED_OUT') }],
	['put out for good', { kind: 'room-ended', error: new CodedError('REMOVED') }],
	['moved', { kind: 'room-ended', error: new CodedError('MOVED_TO_WAITING') }],
	['place lost', { kind: 'room-ended', error: new CodedError('MEDIA_LOST') }],
	['admitted', { kind: 'standing', standing: { admission: 'open', knock: 'none' } }],
	['entered', { kind: 'entered', turn, admission: 'open', kept: true, over: false }],
	['entered', { kind: 'entered', turn, admission: 'knock', kept: true, over: false }],
	['prepared', { kind: 'prepared', turn }],
	['answered', { kind: 'answered', turn, token }],
	['settled', { kind: 'settled', turn }],
	['start over', { kind: 'step-failed', turn, error: new CodedError('RESUME_EXPIRED') }],
	['declined', { kind: 'step-failed', turn, error: new CodedError('ROOM_FULL') }],
	['failed', { kind: 'step-failed', turn, error: new CodedError('INTERNAL') }],
	['left', { kind: 'left', turn }],
];

/** Every change of state that can come about, as `from → to`, and what leads to it. */
function edges(): Map<string, Set<string>> {
	const found = new Map<string, Set<string>>();
	const seen = new Set<string>();
	const open: State[] = [idle];
	for (let state = open.shift(); state; state = open.shift()) {
		for (const [label, event] of happenings) {
			const next: State = { ...transition(state, event, roomConsequences).state, turn };
			if (next.kind !== state.kind) {
				const edge = `${state.kind} --> ${next.kind}`;
				found.set(edge, (found.get(edge) ?? new Set()).add(label));
			}
			const key = JSON.stringify(next);
			if (seen.has(key)) continue;
			seen.add(key);
			open.push(next);
		}
	}
	return found;
}

/** The picture, in Mermaid's words. */
function picture(): string {
	const lines = [...edges()].map(([edge, labels]) => `    ${edge}: ${[...labels].join(', ')}`);
	return ['```mermaid', 'stateDiagram-v2', '    [*] --> idle', ...lines, '```'].join('\n');
}

test('docs/connection.md shows every state and every change that the machine can make', async () => {
	const text = readFileSync(page, 'utf8').replaceAll('\r', '');
	const drawn = text.replace(/```mermaid\n[\s\S]*?\n```/, () => picture());
	expect(drawn).toContain(picture());
	await expect(drawn).toMatchFileSnapshot(page.pathname);
});

test('docs/connection.md has a paragraph for every state', () => {
	const text = readFileSync(page, 'utf8');
	const kinds = [...edges().keys()].flatMap((edge) => edge.split(' --> '));
	for (const kind of new Set(kinds)) expect(text).toContain(`**${kind}**`);
});
