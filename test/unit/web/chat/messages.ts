import type { Message } from '#shared/chat.ts';
import { newMessageId, newPersonId, type PersonId } from '#shared/ids.ts';

export const ann = { personId: newPersonId(), name: 'Ann' };
export const bob = { personId: newPersonId(), name: 'Bob' };

/** A text message at this place; its revision is its place unless told otherwise. */
export function said(
	seq: number,
	parts: Partial<Omit<Message, 'content'>> & { body?: string; mentions?: PersonId[] } = {},
): Message {
	const { body = `message ${seq}`, mentions = [], ...rest } = parts;
	return {
		messageId: newMessageId(),
		seq,
		revision: seq,
		sentAt: 1000 * seq,
		author: ann,
		content: { kind: 'text', body, mentions, files: [], editedAt: null },
		replyTo: null,
		reactions: [],
		corrections: [],
		...rest,
	};
}

/** The same message with another text, at a later revision. */
export function edited(message: Message, revision: number, body = `revision ${revision}`): Message {
	const content = { kind: 'text' as const, body, mentions: [], files: [], editedAt: revision };
	return { ...message, revision, content };
}

/** Messages from one place to another. */
export const saidBetween = (first: number, last: number): Message[] =>
	Array.from({ length: last - first + 1 }, (_, index) => said(first + index));

/** The same numbers for the same seed, from 0 to 1 (mulberry32). */
export function random(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
