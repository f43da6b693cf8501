import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Notice } from '#lib/features/call/text/notices.text.ts';
import { MessageGathering } from '#lib/features/call/ui/notices/messageGathering.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const message = (
	author: string,
	excerpt: string,
	kind: 'room' | 'mention' | 'direct' = 'room',
) => ({
	author,
	excerpt,
	direct: kind === 'direct',
	mentioned: kind !== 'room',
});

function gathering() {
	const told: Notice[] = [];
	return { told, messages: new MessageGathering((notice) => told.push(notice)) };
}

test('a message is told at once, by its author and the beginning of its text', () => {
	const { told, messages } = gathering();
	messages.add(message('Ada', 'Hello'), 1);
	expect(told).toEqual([{ title: 'Ada', text: 'Hello' }]);
});

test('a message without text is told as a file', () => {
	const { told, messages } = gathering();
	messages.add(message('Ada', ''), 1);
	expect(told).toEqual([{ title: 'Ada', text: 'Sent a file' }]);
});

test('20 messages in a second are told twice: the first at once, and all of them after a second', () => {
	const { told, messages } = gathering();
	for (let count = 1; count <= 20; count++) {
		messages.add(message('Ada', `message ${count}`), 1);
		vi.advanceTimersByTime(49);
	}
	vi.advanceTimersByTime(60_000);
	expect(told).toEqual([
		{ title: 'Ada', text: 'message 1' },
		{ title: '20 new messages', text: 'Ada: message 20' },
	]);
});

test('messages that came together are counted', () => {
	const { told, messages } = gathering();
	messages.add(message('Ada', 'last'), 7);
	expect(told).toEqual([{ title: '7 new messages', text: 'Ada: last' }]);
});

test('a message after the notice has gone begins a new one', () => {
	const { told, messages } = gathering();
	messages.add(message('Ada', 'one'), 1);
	vi.advanceTimersByTime(5001);
	messages.add(message('Bo', 'two'), 1);
	expect(told.at(-1)).toEqual({ title: 'Bo', text: 'two' });
});

test('a message for the reader alone, or that names the reader, stays in the notice', () => {
	const { told, messages } = gathering();
	messages.add(message('Ada', 'one', 'mention'), 1);
	messages.add(message('Bo', 'two'), 1);
	vi.advanceTimersByTime(1000);
	expect(told.at(-1)).toEqual({ title: 'Ada mentioned you', text: 'one' });
	messages.add(message('Cy', 'three', 'direct'), 1);
	vi.advanceTimersByTime(1000);
	expect(told.at(-1)).toEqual({ title: 'Direct message from Cy', text: 'three' });
});

test('messages that were seen are not told any more', () => {
	const { told, messages } = gathering();
	messages.add(message('Ada', 'one'), 1);
	messages.add(message('Ada', 'two'), 1);
	messages.clear();
	vi.advanceTimersByTime(60_000);
	messages.add(message('Ada', 'three'), 1);
	expect(told.map(({ text }) => text)).toEqual(['one', 'three']);
});
