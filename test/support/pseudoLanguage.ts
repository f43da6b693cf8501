import { expect, type BrowserContext, type Page } from 'playwright/test';

/**
 * A language in which every text that comes from a catalogue stands between these brackets: German,
 * marked on its way to the browser. What stands outside of them did not come from a catalogue.
 */
export const marked = (text: string): string => `⟦${text}⟧`;

/** How the build writes a catalogue: nothing but lists of texts, by the short name of their source. */
const catalogue = /^var \w+=\{t[a-z\d]{5}:\[/;

function mark(value: unknown): unknown {
	// Blanks at the ends part a text from what stands beside it.
	if (typeof value === 'string') return value.replace(/\S(?:.*\S)?/s, marked);
	if (Array.isArray(value)) return value.map(mark);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mark(inner)]));
}

/** Lets a German browser get the marked language. @returns how many texts that were, so far */
export async function speakMarked(context: BrowserContext): Promise<() => number> {
	let texts = 0;
	await context.route('**/_app/immutable/chunks/*.js', async (route) => {
		// A connection that was kept may be closed by the server in the moment it is used again.
		const response = await route.fetch({ maxRetries: 3 });
		const code = await response.text().catch((error: unknown) => {
			// The page went on to another address, so that nobody waits for this file.
			if (String(error).includes('disposed')) return null;
			throw error;
		});
		if (code === null) return route.abort();
		// Its text and not the answer itself, which goes when the page goes on.
		if (!catalogue.test(code)) return route.fulfill({ contentType: 'text/javascript', body: code });
		const encoded = Buffer.from(code).toString('base64');
		const module = (await import(`data:text/javascript;base64,${encoded}`)) as {
			default: Record<string, unknown[]>;
		};
		texts += Object.values(module.default).reduce((sum, list) => sum + list.length, 0);
		await route.fulfill({
			contentType: 'text/javascript',
			body: `export default ${JSON.stringify(mark(module.default))};`,
		});
	});
	return () => texts;
}

/** Everything that the page says: its texts, and what its elements are called. */
function saidBy(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		// What a person, their devices, or the browser's own tables of dates and units wrote.
		const foreign = 'script, style, time, select, code, [data-foreign], .emoji-picker';
		const spoken = ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext', 'label'];
		const said: string[] = [document.title];
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ALL);
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			const element = node instanceof Element ? node : node.parentElement;
			if (element?.closest(foreign)) continue;
			if (node instanceof Text) said.push(node.data);
			else if (node instanceof Element)
				said.push(...spoken.flatMap((name) => node.getAttribute(name) ?? []));
		}
		return said.filter((text) => text.trim() !== '');
	});
}

/**
 * Says that the page says nothing that is not in the catalogues.
 *
 * @param names what people called themselves and the room, and what they wrote
 */
export async function expectAllMarked(page: Page, names: readonly string[]): Promise<void> {
	await expect
		.poll(async () => {
			const outside = (await saidBy(page)).map((text) =>
				names.reduce(
					(rest, name) => rest.replaceAll(name, ''),
					text
						// A name that is a text itself stands in another one.
						.replaceAll(/⟦[^⟦⟧]*⟧/g, ' ')
						.replaceAll(/⟦[^⟧]*⟧/g, ' ')
						.replaceAll(/[⟦⟧]/g, '')
						.replaceAll(/[\d.,]+\s(?:ms|[kM]?b\/s)/g, ''),
				),
			);
			return outside.filter((text) => /\p{L}{2}/u.test(text));
		})
		.toEqual([]);
}
