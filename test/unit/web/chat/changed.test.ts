import { expect, test } from 'vitest';
import { changed } from '#lib/features/chat/engine/conversation/changed.ts';
import { bob, said } from './messages.ts';

test('CHAT-7: a correction keeps the text that it was proposed for, however often its message is edited', () => {
	const correction = { author: bob, body: 'I have', proposedAt: 1 };
	const edit = (body: string, editedAt: number) => ({
		kind: 'text' as const,
		body,
		mentions: [],
		editedAt,
	});
	const used = changed(said(1, { body: 'I has', corrections: [correction] }), edit('I have', 2));
	const again = changed(used, edit('I have it', 3));
	expect(again.corrections).toEqual([{ ...correction, original: 'I has' }]);
});
