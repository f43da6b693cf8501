import { expect, type Person } from './browser.ts';

/**
 * These people have met in a room, which they entered as other programs do, and go to the page of people under their
 * names.
 */
export async function acquaint(roomId: string, ...people: Person[]): Promise<void> {
	for (const { context, name } of people) {
		await context.addInitScript((called) => {
			localStorage.setItem(
				'parley:preferences',
				localStorage.getItem('parley:preferences') ?? JSON.stringify({ name: called }),
			);
		}, name);
		await context.request.get('/api/session');
		const answer = await context.request.post(`/api/rooms/${roomId}/members`, { data: { name } });
		expect(answer.ok()).toBe(true);
	}
	await Promise.all(people.map(toPeople));
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

/** The card on which it rings. */
export const ringing = ({ page }: Person, from: Person) =>
	page.getByRole('alertdialog', { name: new RegExp(`^${from.name} (is calling|invites)`) });

type People = {
	person: (name: string, options?: { baseURL?: string }) => Promise<Person>;
	roomId: string;
};

/** Ann and Ben have met, and Ann calls Ben, at whom it rings. */
export async function annCallsBen(
	{ person, roomId }: People,
	options: { baseURL?: string } = {},
): Promise<[Person, Person]> {
	const [ann, ben] = [await person('Ann', options), await person('Ben', options)];
	await acquaint(roomId, ann, ben);
	await ring(ann, ben);
	await expect(ringing(ben, ann)).toBeVisible();
	return [ann, ben];
}

/** The button that accepts, as the call was made. */
export const acceptButton = (who: Person, from: Person) =>
	ringing(who, from).getByRole('button', { name: 'Accept', exact: true });

export async function accept(who: Person, from: Person): Promise<void> {
	await acceptButton(who, from).click();
	await expect(who.controls).toBeVisible();
}

/** Presses "Add person" in a call: it rings at somebody who is not in it. */
export async function callInto(from: Person, to: Person): Promise<void> {
	await from.controls.getByRole('button', { name: 'People' }).click();
	await from.page.getByRole('button', { name: 'Add person' }).click();
	await from.page.getByRole('button', { name: `Invite ${to.name} to this call` }).click();
}

/** One of two leaves the call, and both go back to the page of people. */
export async function hangUp(who: Person, other: Person): Promise<void> {
	await who.controls.getByRole('button', { name: 'Leave' }).click();
	await expect(other.page.getByRole('heading', { name: 'The call is over' })).toBeVisible();
	for (const { page } of [who, other]) {
		await page.getByRole('link', { name: 'People', exact: true }).last().click();
		await expect(page.getByRole('heading', { name: 'People', level: 1 })).toBeVisible();
	}
}
