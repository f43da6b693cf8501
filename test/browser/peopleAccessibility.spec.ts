import { newContactCode } from '../../shared/ids.ts';
import { expectAccessible } from '../support/axe.ts';
import { expect, test } from '../support/browser.ts';
import { again, meet, opened } from '../support/calls.ts';
import { acquaint, ring, ringing, toPeople } from '../support/knowing.ts';
import { desktop, phone } from '../support/views.ts';

test('axe finds nothing among the people one knows, their menus, dialogs and calls', async ({
	person,
	roomId,
	cast,
}) => {
	test.slow();
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	const { page } = ann;
	// Somebody in each state.
	const [away, talking, quiet, gone] = [
		await opened(cast, 'Away'),
		await opened(cast, 'Talking'),
		await opened(cast, 'Quiet'),
		await opened(cast, 'Gone'),
	];
	await meet(cast, away, talking, quiet, gone);
	await away.client.ask('people:choose', { state: 'away' });
	await quiet.client.ask('people:choose', { state: 'do-not-disturb' });
	await (await again(cast, talking)).client.join(roomId, talking.name);
	gone.client.close();
	await acquaint(roomId, ann, ben);
	for (const [name, state] of [
		['Ben', 'Available'],
		['Away', 'Away'],
		['Talking', 'In a call'],
		['Quiet', 'Do not disturb'],
		['Gone', 'Offline'],
	] as const)
		await expect(page.getByRole('listitem').filter({ hasText: name })).toContainText(state);
	await page.getByText('Notifications', { exact: true }).click();
	await expectAccessible(page, 'people in each state, with the settings of rings');
	await page.getByRole('button', { name: 'More about Gone' }).click();
	await expect(page.getByRole('menu')).toBeVisible();
	await expectAccessible(page, 'the menu of somebody');
	await page.getByRole('menuitem', { name: 'Message' }).click();
	await page.setViewportSize(phone);
	await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible();
	await expectAccessible(page, 'writing to somebody, on a phone');
	await page.getByRole('button', { name: 'Back to the list' }).click();
	await page.setViewportSize(desktop);
	await page.getByRole('button', { name: 'More about Gone' }).click();
	await page.getByRole('menuitem', { name: 'Block…' }).click();
	await expectAccessible(page, 'blocking somebody');
	await page.getByRole('button', { name: 'Block', exact: true }).click();
	await expect(page.getByRole('dialog')).toBeHidden();
	await page.getByRole('button', { name: 'Your link' }).click();
	await expect(page.getByRole('button', { name: 'Copy link' })).toBeVisible();
	await expectAccessible(page, 'the own link');
	await page.keyboard.press('Escape');

	await ring(ann, ben);
	await expect(ringing(ben, ann)).toBeVisible();
	await expectAccessible(page, 'calling somebody');
	await expectAccessible(ben.page, 'a ring beside the people');
	await ben.page.setViewportSize(phone);
	await ringing(ben, ann).getByRole('button', { name: 'Decline with a message' }).click();
	await expectAccessible(ben.page, 'declining in words, on a phone');
	await ben.page.getByRole('textbox', { name: 'Message' }).fill('Later');
	await ben.page.keyboard.press('Enter');
	await expect(page.getByText("Ben can't talk now")).toBeVisible();
	await expectAccessible(page, 'a call that was declined');

	// It rings in a call as well, which is with nobody any more.
	await ring(ben, ann);
	await expect(ringing(ann, ben)).toBeVisible();
	await expectAccessible(page, 'a ring in a call');
	await page.keyboard.press('Control+Shift+D');
	await expect(ringing(ann, ben)).toBeHidden();
	await toPeople(ann);
	await page.getByRole('button', { name: 'Calls', exact: true }).click();
	await expect(page.getByRole('list', { name: 'Calls' }).getByRole('listitem')).toHaveCount(2);
	await expectAccessible(page, 'the history of calls');
	await page.goto('/settings');
	await expect(page.getByRole('button', { name: 'Unblock Gone' })).toBeVisible();
	await expectAccessible(page, 'the settings, with somebody blocked');
	await page.goto(`/people?add=${newContactCode()}`);
	await expect(page.getByRole('dialog', { name: 'Add contact' })).toBeVisible();
	await expectAccessible(page, 'somebody else’s link');
});

test('axe finds nothing on the page for signing in, whichever form', async ({ person }) => {
	const { page } = await person('Ann');
	for (const path of ['/login', '/login?new', '/login?problem=UNAVAILABLE']) {
		await page.goto(path);
		await expect(page.getByRole('textbox', { name: 'Username' })).toBeVisible();
		await expectAccessible(page, path);
	}
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expectAccessible(page, 'signing in with nothing typed');
});
