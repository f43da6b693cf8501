import type { Locator } from 'playwright/test';
import type { Person } from './browser.ts';

/** Whether all of it lies in the window, and nothing else over its middle. */
export const reachable = (locator: Locator) =>
	locator.evaluate((element) => {
		const { left, right, top, bottom } = element.getBoundingClientRect();
		const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
		const inside = left >= 0 && top >= 0 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
		return inside && over !== null && element.contains(over);
	});

/** Nothing is wider than the window. */
export const fits = ({ page }: Person) =>
	page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
