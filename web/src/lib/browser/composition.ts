/**
 * Whether a key belongs to the composition of a character, as in Japanese, Chinese and Korean: Enter ends the composition,
 * and sends nothing. Safari ends it before it tells of the key; the code 229 says so there.
 */
export function isComposing(event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean {
	return event.isComposing || event.keyCode === 229;
}
