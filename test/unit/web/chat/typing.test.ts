import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Author } from '#shared/chat.ts';
import { ReadMarker } from '#lib/features/chat/engine/conversation/readMarker.ts';
import { OthersTyping, OwnTyping } from '#lib/features/chat/engine/conversation/typing.ts';
import { ann, bob } from './messages.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('telling that one writes', () => {
	function writer() {
		const told: boolean[] = [];
		return { told, typing: new OwnTyping((typing) => told.push(typing)) };
	}

	test('at most every three seconds while the text changes', () => {
		const { told, typing } = writer();
		for (let second = 0; second < 7; second++) {
			typing.typed(true);
			vi.advanceTimersByTime(1000);
		}
		expect(told).toEqual([true, true, true]);
	});

	test('ends by itself when nothing is written any more', () => {
		const { told, typing } = writer();
		typing.typed(true);
		vi.advanceTimersByTime(3999);
		expect(told).toEqual([true]);
		vi.advanceTimersByTime(1);
		expect(told).toEqual([true, false]);
		vi.advanceTimersByTime(60_000);
		expect(told).toEqual([true, false]);
	});

	test('ends with an empty box; with a message it needs no word', () => {
		const emptied = writer();
		emptied.typing.typed(true);
		emptied.typing.typed(false);
		emptied.typing.typed(false);
		expect(emptied.told).toEqual([true, false]);
		const sent = writer();
		sent.typing.typed(true);
		sent.typing.sent();
		sent.typing.typed(false);
		vi.advanceTimersByTime(60_000);
		expect(sent.told).toEqual([true]);
	});
});

test('others who write are told when that changes, and forgotten with the connection', () => {
	const told: (readonly Author[])[] = [];
	const others = new OthersTyping((authors) => told.push(authors));
	others.tell(ann, true);
	others.tell(ann, true);
	others.tell(bob, true);
	others.tell(ann, false);
	others.tell(ann, false);
	others.clear();
	others.clear();
	expect(told).toEqual([[ann], [ann, bob], [bob], []]);
});

describe('telling how far one has read', () => {
	test('the first at once, then the last of each second', async () => {
		const told: number[] = [];
		const marker = new ReadMarker((seq) => Promise.resolve(told.push(seq) > 0));
		for (let seq = 1; seq <= 25; seq++) {
			marker.mark(seq);
			await vi.advanceTimersByTimeAsync(100);
		}
		await vi.advanceTimersByTimeAsync(5000);
		expect(told).toEqual([1, 10, 20, 25]);
	});

	test('all at once when the person turns away', async () => {
		const told: number[] = [];
		const marker = new ReadMarker((seq) => Promise.resolve(told.push(seq) > 0));
		marker.mark(1);
		marker.mark(2);
		await vi.advanceTimersByTimeAsync(10);
		marker.flush();
		await vi.advanceTimersByTimeAsync(10);
		marker.flush();
		await vi.advanceTimersByTimeAsync(5000);
		expect(told).toEqual([1, 2]);
	});

	test('what could not be told is told when the server listens again', async () => {
		const told: number[] = [];
		let listens = false;
		const marker = new ReadMarker((seq) => {
			if (listens) told.push(seq);
			return Promise.resolve(listens);
		});
		marker.mark(4);
		await vi.advanceTimersByTimeAsync(5000);
		listens = true;
		marker.resume();
		await vi.advanceTimersByTimeAsync(5000);
		marker.resume();
		await vi.advanceTimersByTimeAsync(5000);
		expect(told).toEqual([4]);
	});
});
