import { expect, type Person } from './browser.ts';

/** These people enter a room and leave it, so that they know each other, and go to the page of people. */
export async function acquaint(roomId: string, ...people: Person[]): Promise<void> {
	for (const one of people) {
		await one.toLobby(roomId);
		await one.join();
	}
	for (const one of people) {
		await one.controls.getByRole('button', { name: 'Leave' }).click();
		await toPeople(one);
	}
}

/** To the page of people, until it is known who is here. */
export async function toPeople({ page }: Person): Promise<void> {
	await page.goto('/people');
	await expect(page.getByRole('heading', { name: 'People', level: 1 })).toBeVisible();
	await expect(page.getByText('Looking for people…')).toBeHidden();
}

/** Presses "Call" beside somebody who is here. */
export async function ring(from: Person, to: Person): Promise<void> {
	await expect(from.page.getByRole('listitem').filter({ hasText: to.name })).toContainText(
		/Available|In a call|Away/,
	);
	await from.page.getByRole('button', { name: `Call ${to.name}`, exact: true }).click();
	await expect(from.controls).toBeVisible();
}

/** The dialog in which it rings. */
export const ringing = ({ page }: Person, from: Person) =>
	page.getByRole('dialog', { name: new RegExp(`^${from.name} (is calling|calls)`) });

export async function accept(who: Person, from: Person): Promise<void> {
	await ringing(who, from).getByRole('button', { name: 'Accept', exact: true }).click();
	await expect(who.controls).toBeVisible();
}
