import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newMessageId, newRoomId } from '#shared/ids.ts';
import { ChatMemory } from '#lib/features/chat/engine/memory.ts';
import { ann, bob } from './messages.ts';

/** What a browser keeps for a tab, with as much room as the test gives it. */
class Tab {
	readonly kept = new Map<string, string>();
	room = Infinity;
	getItem = (key: string) => this.kept.get(key) ?? null;
	setItem = (key: string, value: string) => {
		if (value.length > this.room) throw new DOMException('full', 'QuotaExceededError');
		this.kept.set(key, value);
	};
	removeItem = (key: string) => void this.kept.delete(key);
}

const roomId = newRoomId();
const unsent = (body: string) => ({
	messageId: newMessageId(),
	sentAt: 1,
	body,
	replyTo: null,
	mentions: [],
	files: [],
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function remember(tab: Tab, personId = ann.personId): ChatMemory {
	const memory = new ChatMemory(roomId, () => tab);
	memory.recall(personId);
	return memory;
}

describe('what is kept over a reload', () => {
	test('messages that were not sent at once, drafts after a moment', () => {
		const tab = new Tab();
		const memory = remember(tab);
		const one = unsent('one');
		memory.keepUnsent(null, [one]);
		memory.keepDraft(bob.personId, 'half a thou');
		memory.keepDraft(bob.personId, 'half a thought');
		expect(remember(tab).of(bob.personId).draft).toBe('');
		vi.advanceTimersByTime(1000);
		const later = new ChatMemory(roomId, () => tab);
		expect(later.recall(ann.personId)).toEqual([null, bob.personId]);
		expect(later.of(null)).toEqual({ unsent: [one], draft: '' });
		expect(later.of(bob.personId)).toEqual({ unsent: [], draft: 'half a thought' });
	});

	test('nothing is left behind once all is sent', () => {
		const tab = new Tab();
		const memory = remember(tab);
		memory.keepUnsent(null, [unsent('one')]);
		memory.keepUnsent(null, []);
		expect(tab.kept.size).toBe(0);
	});

	test('nobody finds what somebody else wrote', () => {
		const tab = new Tab();
		remember(tab).keepUnsent(null, [unsent('one')]);
		expect(remember(tab, bob.personId).of(null).unsent).toEqual([]);
	});

	test('no more is kept than has a limit', () => {
		const tab = new Tab();
		const many = Array.from({ length: 80 }, (_, index) => unsent(`${index}`));
		remember(tab).keepUnsent(null, many);
		expect(remember(tab).of(null).unsent).toEqual(many.slice(-50));
	});

	test.each(['', 'null', '{', '[]', '{"personId":1}', `{"personId":"${ann.personId}"}`])(
		'%j in its place is nothing',
		(text) => {
			const tab = new Tab();
			tab.kept.set(`parley:chat:${roomId}`, text);
			expect(remember(tab).of(null)).toEqual({ unsent: [], draft: '' });
		},
	);

	test('a damaged message costs the messages, not the draft', () => {
		const tab = new Tab();
		const conversations = { '': { unsent: [{ body: 1 }], draft: 'kept' } };
		const { personId } = ann;
		tab.kept.set(`parley:chat:${roomId}`, JSON.stringify({ personId, conversations }));
		expect(remember(tab).of(null)).toEqual({ unsent: [], draft: 'kept' });
	});

	test('a full or forbidden storage is no failure', () => {
		const tab = new Tab();
		tab.room = 10;
		const memory = remember(tab);
		expect(() => memory.keepUnsent(null, [unsent('one')])).not.toThrow();
		const forbidden = new ChatMemory(roomId, () => {
			throw new DOMException('no', 'SecurityError');
		});
		expect(forbidden.recall(ann.personId)).toEqual([]);
		expect(() => forbidden.keepUnsent(null, [unsent('one')])).not.toThrow();
	});
});
