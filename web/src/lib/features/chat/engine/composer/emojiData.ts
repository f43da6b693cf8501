import type { Database } from 'emoji-picker-element';
import dataUrl from 'emoji-picker-element-data/en/emojibase/data.json?url';
import { loadPart } from '#lib/browser/loadPart.ts';
import { rankEmoji } from './completion.ts';

/** Where the emoji and their names are: a file of this site, fetched when the first is looked for. */
export const emojiAddress = dataUrl;

/** An emoji to choose, with the name it is offered under. */
export type NamedEmoji = { readonly emoji: string; readonly name: string };

let opened: Promise<Database> | null = null;

/** The browser keeps the names in a database of its own, which the picker shares. */
function database(): Promise<Database> {
	opened ??= loadPart(() => import('emoji-picker-element')).then(
		({ Database }) => new Database({ dataSource: dataUrl }),
	);
	return opened;
}

/** Emoji whose names begin so. Empty where the names cannot be had. */
export async function findEmoji(query: string): Promise<NamedEmoji[]> {
	try {
		const found = await (await database()).getEmojiBySearchQuery(query);
		return rankEmoji(found, query).flatMap((one) => {
			const { shortcodes = [] } = one;
			const name = shortcodes.find((code) => code.startsWith(query.toLowerCase()));
			return 'unicode' in one
				? [{ emoji: one.unicode, name: name ?? shortcodes[0] ?? one.annotation }]
				: [];
		});
	} catch {
		opened = null;
		return [];
	}
}

/** The emoji of this very name; null for none. */
export async function emojiNamed(name: string): Promise<string | null> {
	try {
		const found = await (await database()).getEmojiByShortcode(name);
		return found && 'unicode' in found ? found.unicode : null;
	} catch {
		opened = null;
		return null;
	}
}
