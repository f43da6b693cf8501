import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from 'playwright/test';

/** The guidelines that every page keeps, and what axe recommends besides. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What may differ from one theme to the other. */
const ofColours = ['color-contrast', 'link-in-text-block'];

/**
 * Expects that axe finds nothing on the page as it is now. In the light theme all rules are asked, in the
 * dark one those of colours.
 *
 * @param where What is shown, for whoever reads of a failure.
 */
export async function expectAccessible(page: Page, where: string): Promise<void> {
	for (const colorScheme of ['dark', 'light'] as const) {
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		await drawn(page);
		// A page that has axe already is not given its half a megabyte of code again.
		const has = await page.evaluate(() => 'axe' in window);
		// There are no frames of others, for whose sake it would open a page of its own each time.
		const axe = new AxeBuilder({ page, ...(has && { axeSource: 'axe' }) })
			.setLegacyMode()
			.options({ resultTypes: ['violations'] });
		const asked = colorScheme === 'light' ? axe.withTags(tags) : axe.withRules(ofColours);
		const { violations } = await asked.analyze();
		const found = violations.map(({ id, help, nodes }) => ({
			rule: `${id}: ${help}`,
			at: nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary ?? ''}`),
		}));
		expect.soft(found, `${where}, ${colorScheme}`).toEqual([]);
	}
}

/** Waits until a theme that was just chosen is in all styles: a busy page takes the one of its text later than that of its ground. */
const drawn = (page: Page) =>
	page.evaluate(
		() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
	);
