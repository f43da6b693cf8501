/** How much of a message a reply to it shows, in characters. */
const length = 120;

/** The beginning of a message's text, as the server quotes it; empty for a message without text. */
export function excerptOf({
	content,
}: {
	content: { kind: 'text'; body: string } | { kind: 'deleted' | 'system' };
}): string {
	if (content.kind !== 'text') return '';
	return Array.from(content.body.slice(0, length * 2))
		.slice(0, length)
		.join('');
}
