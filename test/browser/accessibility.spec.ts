import { expectAccessible, expectAccessibleEverywhere } from '../support/axe.ts';
import { expect, test } from '../support/browser.ts';
import { fakeScreen } from '../support/fakeMedia.ts';
import { choose, people, turn } from '../support/hosting.ts';
import { phone } from '../support/views.ts';

test('axe finds nothing on the pages beside the call', async ({ page }) => {
	for (const path of ['/', '/settings', '/login', '/people', '/next', '/room/x', '/nowhere']) {
		await page.goto(path);
		await expect(page.getByRole('heading').first()).toBeVisible();
		await expectAccessible(page, path);
	}
});

test('axe finds nothing in light, dark and forced colours, in windows of every size', async ({
	page,
}) => {
	// Sixty looks.
	test.slow();
	for (const path of ['/', '/next']) {
		await page.goto(path);
		await expect(page.getByRole('heading').first()).toBeVisible();
		await expectAccessibleEverywhere(page, path);
	}
	await page.goto('/demo');
	const controls = page.getByRole('toolbar', { name: 'Call controls' });
	await expect(controls).toBeVisible();
	await expectAccessibleEverywhere(page, 'call');
	await controls.getByRole('button', { name: 'Chat' }).click();
	await expect(page.getByRole('log', { name: 'Messages' })).toBeVisible();
	await expectAccessibleEverywhere(page, 'call with its chat');
	await controls.getByRole('button', { name: 'People' }).click();
	await expect(page.getByRole('dialog', { name: 'People' })).toBeVisible();
	await expectAccessibleEverywhere(page, 'call with its list of people');
});

test('axe finds nothing in the lobby, at the door, and in an empty call', async ({
	person,
	roomId,
	cast,
}) => {
	const ana = await person('Ana');
	await ana.toLobby(roomId);
	await expectAccessible(ana.page, 'lobby');
	await ana.page.getByRole('textbox', { name: 'Your name' }).fill('');
	await ana.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expectAccessible(ana.page, 'lobby without a name');
	await ana.page.getByRole('button', { name: 'Devices' }).click();
	await expect(ana.page.getByRole('dialog', { name: 'Devices' })).toBeVisible();
	await expectAccessible(ana.page, 'devices in the lobby');
	await ana.page.keyboard.press('Escape');
	await ana.page.getByRole('textbox', { name: 'Your name' }).fill('Ana');
	await ana.join();
	await expectAccessible(ana.page, 'call with nobody else');
	await ana.page.getByRole('button', { name: 'Leave' }).click();
	await expect(ana.page.getByRole('button', { name: 'Join again' })).toBeVisible();
	await expectAccessible(ana.page, 'after the call');

	// Whoever was in first is still the host.
	const { cookie } = Object.fromEntries(
		(await ana.context.cookies()).map(({ name, value }) => ['cookie', `${name}=${value}`]),
	);
	const host = await cast.connect({ cookie: cookie ?? '' });
	await host.join(roomId, 'Ana');
	await host.ask('host:policy', { knocking: true });
	const bo = await person('Bo');
	await bo.toLobby(roomId);
	await bo.page.getByRole('button', { name: 'Ask to join' }).click();
	await expect(bo.page.getByText('Waiting for a host to let you in')).toBeVisible();
	await expectAccessible(bo.page, 'waiting at the door');
	await host.ask('host:policy', { knocking: false, locked: true });
	await expect(bo.page.getByText('This room is locked')).toBeVisible();
	await expectAccessible(bo.page, 'a locked room');
});

test('axe finds nothing in a call, its panels, menus and dialogs', async ({
	person,
	cast,
	roomId,
}) => {
	test.slow();
	const ana = await person('Ana');
	const { page } = ana;
	await page.addInitScript(fakeScreen);
	await ana.toLobby(roomId);
	await ana.join();
	const [bo] = [await cast.joined('Bo'), await cast.joined('Cy')];
	await cast.joined('Di');
	await bo.ask('room:hand', { raised: true });
	await expect(ana.tile('Di')).toBeVisible();
	await expectAccessible(page, 'call');
	// From here on without the own picture, which would be drawn all the time.
	await page.keyboard.press('v');
	await expect(ana.controls.getByRole('button', { name: 'Turn camera on' })).toBeVisible();

	const panel = await people(ana);
	await expectAccessible(page, 'people');
	await panel.getByRole('button', { name: 'More about Bo' }).click();
	await expect(page.getByRole('menu')).toBeVisible();
	await expectAccessible(page, 'menu of a person');
	await page.keyboard.press('Escape');
	await choose(ana, 'Cy', 'Remove…');
	await expectAccessible(page, 'confirmation');
	await page.keyboard.press('Escape');
	await panel.getByRole('button', { name: 'Change your name' }).click();
	await expectAccessible(page, 'name');
	await page.keyboard.press('Escape');
	const settings = await turn(ana, 'Waiting room');
	await expectAccessible(page, 'room settings');
	await settings.getByRole('button', { name: 'Set a password' }).click();
	await expectAccessible(page, 'new password');
	await settings.getByRole('button', { name: 'Done' }).click();
	const knocking = await person('Ed');
	await knocking.page.goto(`/room/${roomId}`);
	await knocking.page.getByRole('textbox', { name: 'Your name' }).fill('Ed');
	await knocking.page.getByRole('button', { name: 'Ask to join' }).click();
	await expect(panel.getByRole('button', { name: 'Admit Ed' })).toBeVisible();
	await expectAccessible(page, 'people, one of them waiting');
	await knocking.close();
	await panel.getByRole('button', { name: 'Close people' }).click();

	for (const [key, name] of [
		['?', 'Keyboard shortcuts'],
		['c', 'Chat'],
	] as const) {
		await page.keyboard.press(key);
		await expect(page.getByRole('dialog', { name })).toBeVisible();
		if (name === 'Chat') {
			await page.getByRole('textbox', { name: 'Message' }).fill('Hello **all**');
			await page.keyboard.press('Enter');
			await expect(page.getByRole('log', { name: 'Messages' }).getByText('Hello')).toBeVisible();
		}
		await expectAccessible(page, name);
		await page.keyboard.press('Escape');
	}
	await ana.controls.getByRole('button', { name: 'React' }).click();
	await expectAccessible(page, 'reactions');
	await page.keyboard.press('Escape');
	await ana.controls.getByRole('button', { name: 'More' }).click();
	await expect(page.getByRole('menu', { name: 'More' })).toBeVisible();
	await expectAccessible(page, 'more');
	await page.getByRole('menuitem', { name: 'Devices' }).click();
	await expectAccessible(page, 'devices');
	await page.keyboard.press('Escape');
	await ana.controls.getByRole('button', { name: 'Share screen' }).click();
	await expect(page.getByRole('region', { name: 'Your share' })).toBeVisible();
	await expectAccessible(page, 'sharing');
	await page.setViewportSize(phone);
	await expectAccessible(page, 'call on a phone');
});
