import type { Message, MessageChange } from '#shared/chat.ts';

/** The message as a change leaves it. */
export function changed(message: Message, change: MessageChange): Message {
	switch (change.kind) {
		case 'text': {
			const { content } = message;
			if (content.kind !== 'text') return message;
			const { body, mentions, editedAt } = change;
			// Corrections keep the text that they were proposed for.
			const corrections = message.corrections.map((one) => ({ original: content.body, ...one }));
			return { ...message, corrections, content: { ...content, body, mentions, editedAt } };
		}
		case 'reaction':
			return { ...message, reactions: reacted(message.reactions, change) };
		case 'correction': {
			const { author, body, proposedAt } = change;
			const others = message.corrections.filter((one) => one.author.personId !== author.personId);
			const own = body === null ? [] : [{ author, body, proposedAt }];
			return { ...message, corrections: [...others, ...own] };
		}
	}
}

/** An emoji keeps its place for as long as a person reacts with it. */
function reacted(
	reactions: Message['reactions'],
	{ emoji, personId, on }: Extract<MessageChange, { kind: 'reaction' }>,
): Message['reactions'] {
	const known = reactions.some((one) => one.emoji === emoji);
	const all = known || !on ? reactions : [...reactions, { emoji, people: [] }];
	return all
		.map((one) => {
			if (one.emoji !== emoji) return one;
			const others = one.people.filter((person) => person !== personId);
			return { emoji, people: on ? [...others, personId] : others };
		})
		.filter(({ people }) => people.length > 0);
}
