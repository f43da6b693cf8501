const fewEmoji = /^\s*(?:\p{RGI_Emoji}\s*){1,3}$/v;

/** Whether a message is up to three emoji and nothing else: those are shown larger. */
export function isEmojiOnly(body: string): boolean {
	return body.length <= 100 && fewEmoji.test(body) && !/^[\s#*\d]+$/.test(body);
}
