import type { ChatMember } from '#shared/chat.ts';
import type { Sent } from '#shared/protocol.ts';
import type { Unsent } from '../memory.ts';
import type { Outgoing } from '../model.ts';

/** A message that is about to be sent, in the shapes in which it is shown, kept and posted. */

export function toOutgoing(
	{ messageId, sentAt, body, mentions, files, replyTo }: Unsent,
	{ personId, name }: ChatMember,
): Outgoing {
	return {
		messageId,
		seq: null,
		sentAt,
		author: { personId, name },
		content: { kind: 'text', body, mentions, files, editedAt: null },
		replyTo,
		reactions: [],
		corrections: [],
		delivery: { kind: 'pending' },
	};
}

export function toUnsent({ messageId, sentAt, content, replyTo }: Outgoing): Unsent {
	const { body, mentions, files } = content;
	return { messageId, sentAt, body, mentions: [...mentions], files: [...files], replyTo };
}

export function toDraft({ content, replyTo }: Outgoing): Sent<'chat:post'>['draft'] {
	return {
		body: content.body,
		replyTo: replyTo?.messageId ?? null,
		mentions: [...content.mentions],
		files: content.files.map(({ fileId }) => fileId),
	};
}
