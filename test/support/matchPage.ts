import { expect, type Person } from './browser.ts';

/** Opens the page for meeting strangers, in the start state. */
export async function openNext(
	person: Person,
	mode: 'Video' | 'Text only' = 'Video',
): Promise<void> {
	const { page } = person;
	await page.goto('/next');
	await page.getByRole('radio', { name: mode }).check();
	await page.getByRole('textbox', { name: 'Name (optional)' }).fill(person.name);
	const rules = page.getByRole('checkbox', { name: 'I agree to the rules' });
	await expect(page.getByRole('button', { name: 'Start' })).toBeEnabled();
	if (await rules.isVisible()) await rules.check();
}

/** Opens it and presses Start. */
export async function startNext(
	person: Person,
	mode: 'Video' | 'Text only' = 'Video',
): Promise<void> {
	await openNext(person, mode);
	await person.page.getByRole('button', { name: 'Start' }).click();
	await expect(person.page.getByRole('button', { name: 'Next' })).toBeVisible();
}
