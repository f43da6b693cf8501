import type { Page } from 'playwright';

/** How long a first picture may take before it is thought lost, in ms. */
const patience = 20_000;

/**
 * Waits for the mark of the first picture, which may be there already. Nothing is asked of the page until it is there: looking for elements takes time
 * from what is measured.
 *
 * @throws {Error} where none comes within 20 s.
 */
export async function firstFrame(page: Page): Promise<void> {
	const came = await page.evaluate(
		(limit) =>
			new Promise<boolean>((resolve) => {
				new PerformanceObserver((list) => {
					if (list.getEntriesByName('parley:first-frame').length > 0) resolve(true);
				}).observe({ type: 'mark', buffered: true });
				setTimeout(() => resolve(false), limit);
			}),
		patience,
	);
	if (!came) throw new Error(`no picture came within ${patience / 1000} s`);
}
