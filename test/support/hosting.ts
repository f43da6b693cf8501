import { expect, type Person } from './browser.ts';

/** The panel of the people, opened if it is not. */
export async function people(person: Person) {
	const button = person.controls.getByRole('button', { name: 'People' });
	if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
	const panel = person.page.getByRole('dialog', { name: 'People' });
	await expect(panel).toBeVisible();
	return panel;
}

/** Something out of the menu of somebody in the list. */
export async function choose(host: Person, name: string, action: string) {
	const panel = await people(host);
	await panel.getByRole('button', { name: `More about ${name}` }).click();
	await host.page.getByRole('menuitem', { name: action }).click();
}

/** The switch of a setting of the room, set otherwise. */
export async function turn(host: Person, ...settings: string[]) {
	const panel = await people(host);
	await panel.getByRole('button', { name: 'Room settings' }).click();
	const dialog = host.page.getByRole('dialog', { name: 'Room settings' });
	for (const name of settings) {
		const before = await dialog.getByRole('switch', { name }).isChecked();
		await dialog.getByRole('switch', { name }).click();
		await expect(dialog.getByRole('switch', { name })).toBeChecked({ checked: !before });
	}
	return dialog;
}
