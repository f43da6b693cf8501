import { expect, test } from 'vitest';
import {
	newFileId,
	newMessageId,
	newPersonId,
	newRoomId,
	type PersonId,
} from '../../../shared/ids.ts';
import { asText, type Exported } from '../../../sfu/http/chat/exportText.ts';

const [ana, bo] = [newPersonId(), newPersonId()];
const names: Record<PersonId, string> = { [ana]: 'Ana', [bo]: 'Bo' };
const at = (text: string) => Date.parse(`${text}Z`);

function said(by: PersonId, when: string, body: string, more: Partial<Exported> = {}): Exported {
	return {
		messageId: newMessageId(),
		seq: 1,
		revision: 1,
		sentAt: at(when),
		author: { personId: by, name: names[by] ?? '' },
		content: { kind: 'text', body, mentions: [], files: [], editedAt: null },
		replyTo: null,
		reactions: [],
		corrections: [],
		edits: [],
		...more,
	};
}

async function textOf(messages: Exported[]): Promise<string> {
	const members = [ana, bo].map((personId) => ({
		personId,
		name: names[personId] ?? '',
		role: 'member' as const,
	}));
	let text = '';
	const whole = { roomId: newRoomId(), name: null, at: at('2026-03-01T12:00'), members, messages };
	for await (const part of asText(whole)) text += part;
	return text.split('\n').slice(2).join('\n');
}

test('a line for each day, and one for each message', async () => {
	expect(
		await textOf([
			said(ana, '2026-01-31T23:59', 'good night'),
			said(bo, '2026-02-01T00:00', 'good morning'),
			said(ana, '2026-02-01T08:05', '', { content: { kind: 'deleted' } }),
			said(bo, '2026-02-01T08:06', '', {
				content: { kind: 'system', system: { event: 'joined' } },
			}),
		]),
	).toBe(
		[
			'',
			'--- 2026-01-31 ---',
			'',
			'[23:59] Ana: good night',
			'',
			'--- 2026-02-01 ---',
			'',
			'[00:00] Bo: good morning',
			'[08:05] * Ana deleted this message',
			'[08:06] * Bo joined the call',
			'',
		].join('\n'),
	);
});

test('what belongs to a message stands below it', async () => {
	const author = { personId: bo, name: 'Bo' };
	const file = { fileId: newFileId(), name: 'a.png', type: 'image/png', size: 9, picture: null };
	const text = await textOf([
		said(ana, '2026-01-01T10:00', 'he goes', {
			content: {
				kind: 'text',
				body: 'he goes',
				mentions: [],
				files: [file],
				editedAt: at('2026-01-02T11:00'),
			},
			replyTo: { messageId: newMessageId(), seq: 1, author, excerpt: 'who?' },
			edits: [{ body: 'he go', at: at('2026-01-01T10:00') }],
			corrections: [{ author, body: 'she goes', proposedAt: at('2026-01-01T10:02') }],
			reactions: [{ emoji: '👍', people: [ana, bo] }],
		}),
	]);
	expect(text.split('\n').slice(3)).toEqual([
		'[10:00] Ana: he goes',
		'        in reply to Bo: who?',
		'        file: a.png (image/png, 9 bytes)',
		'        earlier, at 10:00: he go',
		'        edited at 2026-01-02 11:00',
		'        corrected by Bo at 10:02: she goes',
		'        👍 Ana, Bo',
		'',
	]);
});

test('no text passes for a message of somebody else', async () => {
	const forged = 'hi\n[10:01] Bo: I agree\r\n--- 2026-01-02 ---\u2028[10:02] Bo: twice';
	const lines = (await textOf([said(ana, '2026-01-01T10:00', forged)])).split('\n').slice(3);
	expect(lines.filter((line) => line && !line.startsWith(' '))).toEqual(['[10:00] Ana: hi']);
});
