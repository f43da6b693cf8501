import { expect, test } from '../support/browser.ts';
import { accept, acquaint, annCallsBen, ring, ringing, toPeople } from '../support/knowing.ts';

test('two call each other: it is declined, missed, and accepted, and is over for both', async ({
	person,
	roomId,
}) => {
	const [ann, ben] = await annCallsBen({ person, roomId });
	await test.step('two call each other: it rings, they talk, and the call is over for both', async () => {
		await expect(ann.page.getByRole('region', { name: 'Call to Ben' })).toContainText('Ringing…');
		// No device is open before they accept.
		expect(await ben.page.evaluate(() => window.deviceTracks.size)).toBe(0);
		await accept(ben, ann);
		await ann.seesMoving('Ben');
		await ben.seesMoving('Ann');
		await expect(ann.page.getByRole('region', { name: 'Call to Ben' })).toBeHidden();
		await expect(ann.page.getByRole('heading', { name: 'Call with Ben' })).toBeVisible();

		// What they write is in the chat of the two.
		await ann.controls.getByRole('button', { name: 'Chat' }).click();
		await ann.page.getByRole('textbox', { name: 'Message' }).fill('Just for you');
		await ann.page.getByRole('button', { name: 'Send', exact: true }).click();
		await expect(ann.page.getByRole('log', { name: 'Messages' })).toContainText('Just for you');

		await ben.controls.getByRole('button', { name: 'Leave' }).click();
		await expect(ann.page.getByRole('heading', { name: 'The call is over' })).toBeVisible();
		await ben.page.getByRole('link', { name: 'People', exact: true }).last().click();
		await ben.page.getByRole('button', { name: /^Ann / }).click();
		const log = ben.page.getByRole('log', { name: 'Messages' });
		await expect(log).toContainText('Just for you');
		await expect(log).toContainText(/Ann called · \d+ s/);
		await ben.page.getByRole('button', { name: 'Calls', exact: true }).click();
		await expect(ben.page.getByRole('list', { name: 'Calls' })).toContainText('Called you');
	});
	for (const one of [ann, ben]) await toPeople(one);
	await ring(ann, ben);
	await test.step('declining with a message, and a missed call', async () => {
		await ringing(ben, ann).getByRole('button', { name: 'Decline with a message' }).click();
		await ben.page.getByRole('textbox', { name: 'Message' }).fill('In a minute');
		await ben.page.keyboard.press('Enter');
		await expect(ringing(ben, ann)).toBeHidden();
		await expect(
			ann.page
				.getByText('Ben can’t talk now')
				.or(ann.page.getByText("Ben can't talk now: “In a minute”")),
		).toBeVisible();

		await ann.page.getByRole('button', { name: 'Call again' }).click();
		await expect(ringing(ben, ann)).toBeVisible();
		await ann.page.getByRole('button', { name: 'Cancel', exact: true }).click();
		await expect(ringing(ben, ann)).toBeHidden();
		await ben.page.getByRole('button', { name: /^Ann / }).click();
		const log = ben.page.getByRole('log', { name: 'Messages' });
		await expect(log).toContainText('In a minute');
		await expect(log).toContainText('Missed call from Ann');

		// CHAT-15: nobody decides how long a chat of two is kept.
		await ben.page.getByRole('button', { name: 'More about this chat' }).click();
		await expect(ben.page.getByRole('menuitem', { name: 'Jump to a day' })).toBeVisible();
		await expect(ben.page.getByRole('menuitem', { name: 'Keep messages…' })).toBeHidden();
	});
});

test('in a call: declining says busy, and "End and accept" goes to the other one', async ({
	person,
	roomId,
}) => {
	const [ann, ben, zoe] = [await person('Ann'), await person('Ben'), await person('Zoe')];
	await acquaint(roomId, ann, ben, zoe);
	await ring(ann, ben);
	await accept(ben, ann);
	await ring(zoe, ben);
	await ringing(ben, zoe).getByRole('button', { name: 'Decline', exact: true }).click();
	await expect(zoe.page.getByText('Ben is in another call')).toBeVisible();
	await zoe.page.getByRole('button', { name: 'Call again' }).click();
	await ringing(ben, zoe).getByRole('button', { name: 'End and accept', exact: true }).click();
	await zoe.seesMoving('Ben');
	await ben.seesMoving('Zoe');
	await expect(ann.page.getByRole('heading', { name: 'The call is over' })).toBeVisible();
});

test('who is blocked sees nobody there and is not heard, until unblocked in the settings', async ({
	person,
	roomId,
}) => {
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	await acquaint(roomId, ann, ben);
	const annSeen = ben.page.getByRole('listitem').filter({ hasText: 'Ann' });
	await expect(annSeen).toContainText('Available');
	await ann.page.getByRole('button', { name: 'More about Ben' }).click();
	await ann.page.getByRole('menuitem', { name: 'Block…' }).click();
	await ann.page.getByRole('button', { name: 'Block', exact: true }).click();
	await expect(annSeen).toContainText('Offline');
	await expect(ann.page.getByText('No contacts yet')).toBeVisible();
	await ben.page.getByRole('button', { name: 'Call Ann', exact: true }).click();
	await expect(ben.page.getByRole('region', { name: 'Call to Ann' })).toContainText('Ringing…');
	await expect(ringing(ann, ben)).toBeHidden();

	await ann.page.goto('/settings');
	await ann.page.getByRole('button', { name: 'Unblock Ben' }).click();
	await expect(ann.page.getByRole('button', { name: 'Unblock Ben' })).toBeHidden();
	await toPeople(ann);
	await expect(ann.page.getByRole('listitem').filter({ hasText: 'Ben' })).toBeVisible();
});

test('two become contacts by a link, and see what the other one chose to be', async ({
	person,
}) => {
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	for (const one of [ann, ben]) {
		await one.page.goto('/people');
		await one.page.getByRole('textbox', { name: 'Your name' }).fill(one.name);
		await one.page.getByRole('button', { name: 'Continue' }).click();
		await expect(one.page.getByText('No contacts yet')).toBeVisible();
	}
	await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
	await ann.page.getByRole('button', { name: 'Your link' }).click();
	await ann.page.getByRole('button', { name: 'Copy link' }).click();
	const link = await ann.page.evaluate(() => navigator.clipboard.readText());
	await ann.page.getByRole('button', { name: 'Close', exact: true }).click();
	await ben.page.goto(link);
	await expect(ben.page.getByRole('dialog', { name: 'Add Ann?' })).toBeVisible();
	await ben.page.getByRole('button', { name: 'Add', exact: true }).click();
	await expect(ben.page.getByText('You and Ann are contacts now.')).toBeVisible();
	await ben.page.getByRole('button', { name: 'Close', exact: true }).click();
	const annSeen = ben.page.getByRole('listitem').filter({ hasText: 'Ann' });
	await expect(annSeen).toContainText('Available');
	await ann.page.getByRole('combobox', { name: 'Your status' }).selectOption('Do not disturb');
	await expect(annSeen).toContainText('Do not disturb');
	await expect(ann.page.getByRole('listitem').filter({ hasText: 'Ben' })).toBeVisible();
});
