import type { Locator } from 'playwright/test';
import { expect, type Person } from './browser.ts';

/** Whether all of it lies in the window, and nothing else over its middle. */
export const reachable = (locator: Locator) =>
	locator.evaluate((element) => {
		const { left, right, top, bottom } = element.getBoundingClientRect();
		const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
		const inside = left >= 0 && top >= 0 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
		return inside && over !== null && element.contains(over);
	});

/** Scrolls to it until it is reachable: what is loaded meanwhile may push it away again. */
export const comesIntoReach = (locator: Locator, what?: string) =>
	expect
		.poll(async () => {
			await locator.scrollIntoViewIfNeeded();
			return reachable(locator);
		}, what)
		.toBe(true);

/** Nothing is wider than the window. */
export const fits = ({ page }: Person) =>
	page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
