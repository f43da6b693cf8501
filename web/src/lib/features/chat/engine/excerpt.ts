/** Of the text that an answer shows of what it answers, in characters. */
const length = 120;

/** The beginning of what a message says, as the server quotes it; empty for one without text. */
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
