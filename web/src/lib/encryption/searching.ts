import type { Message } from '#shared/chat.ts';
import { limits } from '#shared/limits.ts';
import type { Data, Sent } from '#shared/protocol.ts';
import { searchWords } from '#shared/searchWords.ts';
import type { Ask } from '#lib/connection/signalClient.ts';

/** Pages of messages that one search looks through. */
const pages = 10;

/**
 * Searches messages as the page opens them, because the server cannot: newest first, page by page, and not without end.
 * `more` says that there are messages that it did not look at, before `until`.
 *
 * @param ask answers with opened messages.
 */
export async function search(
	ask: Ask,
	{ chat, query, before, limit = 30 }: Sent<'chat:search'>,
): Promise<Data<'chat:search'> & { until?: number }> {
	const beginnings = searchWords(query);
	const says = ({ content }: Message) => {
		if (content.kind !== 'text' || beginnings.length === 0) return false;
		const words = searchWords(content.body);
		return beginnings.every((beginning) => words.some((word) => word.startsWith(beginning)));
	};
	const found: Message[] = [];
	let until = before;
	for (let page = 0; page < pages; page++) {
		const from = until === undefined ? { kind: 'latest' as const } : beforeIt(until);
		const { messages, first } = await ask('chat:page', { chat, from, limit: limits.page });
		for (const message of messages.toReversed()) {
			until = message.seq;
			if (says(message)) found.push(message);
			if (found.length >= limit) return { messages: found, more: until > first, until };
		}
		if (until === undefined || until <= first || messages.length === 0)
			return { messages: found, more: false };
	}
	return { messages: found, more: true, ...(until !== undefined && { until }) };
}

const beforeIt = (seq: number) => ({ kind: 'before' as const, seq });
