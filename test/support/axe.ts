import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from 'playwright/test';
import { desktop, themes, views } from './views.ts';

const axeCode = readFileSync(
	createRequire(import.meta.resolve('@axe-core/playwright')).resolve('axe-core/axe.min.js'),
	'utf8',
);
/** The value of a script comes back to the test: all of axe, if it is axe, takes longer than most looks. */
const nothing = 'void 0';

/** The guidelines that every page keeps, and what axe recommends besides. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What may differ from one theme to the other. */
const ofColours = ['color-contrast', 'link-in-text-block'];

/** What axe finds on the page as it is now: the rule, and each element with what is wrong. */
export async function findings(page: Page, rules: 'all rules' | 'rules of colours') {
	await drawn(page);
	// The builder would give each page its half a megabyte of code twice for each look.
	if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(`${axeCode};${nothing}`);
	// There are no frames of others, for whose sake it would open a page of its own each time.
	const axe = new AxeBuilder({ page, axeSource: nothing })
		.setLegacyMode()
		.options({ resultTypes: ['violations'] });
	const asked = rules === 'all rules' ? axe.withTags(tags) : axe.withRules(ofColours);
	// What colours there are is the system's matter then. Axe reads `-webkit-text-fill-color`, which Chromium tells as if
	// they were not forced.
	if (await page.evaluate(() => matchMedia('(forced-colors: active)').matches))
		asked.disableRules(ofColours);
	const { violations } = await asked.analyze();
	return violations.map(({ id, help, nodes }) => ({
		rule: `${id}: ${help}`,
		at: nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary ?? ''}`),
	}));
}

/**
 * Expects that axe finds nothing on the page as it is now. In the light theme all rules are asked, in the
 * dark one those of colours.
 *
 * @param where What is shown, for whoever reads of a failure.
 */
export async function expectAccessible(page: Page, where: string): Promise<void> {
	for (const colorScheme of ['dark', 'light'] as const) {
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		const rules = colorScheme === 'light' ? 'all rules' : 'rules of colours';
		expect.soft(await findings(page, rules), `${where}, ${colorScheme}`).toEqual([]);
	}
}

/** The same in each theme and in windows of each size. */
export async function expectAccessibleEverywhere(page: Page, where: string): Promise<void> {
	for (const [view, size] of views) {
		await page.setViewportSize(size);
		for (const [theme, media] of Object.entries(themes)) {
			await page.emulateMedia({ ...media, reducedMotion: 'reduce' });
			const found = await findings(page, 'all rules');
			expect.soft(found, `${view}${where}, ${theme}`).toEqual([]);
		}
	}
	await page.setViewportSize(desktop);
	await page.emulateMedia({ ...themes.light, reducedMotion: 'reduce' });
}

/** Waits until a theme that was just chosen is in all styles, and nothing glides from one colour to another any more. */
const drawn = (page: Page) =>
	page.evaluate(async () => {
		const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
		await frame();
		await frame();
		const gliding = () =>
			document
				.getAnimations()
				.filter((one) => one instanceof CSSTransition && one.playState === 'running');
		while (gliding().length > 0) await frame();
	});
