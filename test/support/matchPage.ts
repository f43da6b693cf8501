import { expect, type Person } from './browser.ts';

type Mode = 'Video' | 'Text only';

/**
 * Opens the page for meeting strangers, in the start state, for somebody who chose this mode last time.
 *
 * @param url of a service that is not the one of the test.
 */
export async function openNext(person: Person, mode: Mode = 'Video', url = ''): Promise<void> {
	const { page } = person;
	await page.addInitScript(
		(chosen) => (localStorage['parley:next'] ??= JSON.stringify({ mode: chosen })),
		mode === 'Video' ? 'video' : 'text',
	);
	await page.goto(`${url}/next`);
	await page.getByRole('textbox', { name: 'Name (optional)' }).fill(person.name);
	const rules = page.getByRole('checkbox', { name: 'I agree to the rules' });
	// Whether somebody agreed before is known when one is connected.
	await expect(page.getByText('Connecting…')).toHaveCount(0);
	if (await rules.isVisible()) await rules.check();
}

/** Opens it and presses Start. */
export async function startNext(person: Person, mode: Mode = 'Video'): Promise<void> {
	await openNext(person, mode);
	await pressStart(person);
}

export async function pressStart({ page }: Person): Promise<void> {
	await page.getByRole('button', { name: 'Start' }).click();
	await expect(page.getByRole('button', { name: 'Next' })).toBeVisible();
}

export const press = ({ page }: Person, name: string) =>
	page.getByRole('button', { name, exact: true }).click();

/** What somebody sees who waits. */
export const looking = ({ page }: Person) => page.getByText('Looking for someone…');

/** Two who have just met. What was said in both pages is theirs alone. */
export async function startTogether(mode: Mode, one: Person, other: Person): Promise<void> {
	await Promise.all([startNext(one, mode), startNext(other, mode)]);
	await Promise.all([
		expect(one.tile(other.name)).toBeVisible(),
		expect(other.tile(one.name)).toBeVisible(),
	]);
}
