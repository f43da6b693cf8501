import { readFile } from 'node:fs/promises';
import { expect, test } from '../support/browser.ts';
import { choose, people } from '../support/hosting.ts';

test('ROOM-13, ROOM-14, ROOM-15, ROOM-16: a room has a name, labels, a place in the list, and past calls', async ({
	joined,
	roomId,
}) => {
	const ana = await joined('Ana');
	const heading = ana.page.getByRole('heading', { level: 1 });
	await test.step('a host names the room before anyone comes', async () => {
		await expect(heading).toHaveText(`Room ${roomId.slice(0, 4)}…`);
		await ana.page.getByRole('button', { name: 'Name this room' }).click();
		const dialog = ana.page.getByRole('dialog', { name: 'Name this room' });
		await dialog.getByRole('textbox', { name: 'Room name' }).fill('x'.repeat(61));
		await dialog.getByRole('button', { name: 'Save' }).click();
		await expect(dialog.getByRole('alert')).toHaveText('Names can have up to 60 characters.');
		await dialog.getByRole('textbox', { name: 'Room name' }).fill('German, group 2');
		await dialog.getByRole('button', { name: 'Save' }).click();
		await expect(heading).toHaveText('German, group 2');
		await expect(ana.page).toHaveTitle('German, group 2 · Parley');
		await expect(ana.page.getByRole('button', { name: 'Name this room' })).toBeHidden();
	});
	const bo = await joined('Bo');
	await test.step('who comes sees the name, and a name that is taken back shows who is there', async () => {
		await expect(bo.page).toHaveTitle('German, group 2 · Parley');
		const panel = await people(ana);
		await panel.getByRole('button', { name: 'Room settings' }).click();
		const settings = ana.page.getByRole('dialog', { name: 'Room settings' });
		await settings.getByRole('button', { name: 'Rename' }).click();
		const dialog = ana.page.getByRole('dialog', { name: 'Name this room' });
		await dialog.getByRole('textbox', { name: 'Room name' }).fill('');
		await dialog.getByRole('button', { name: 'Save' }).click();
		await expect(bo.page).toHaveTitle('Room with Ana · Parley');
		await settings.getByRole('button', { name: 'Add a name' }).click();
		await dialog.getByRole('textbox', { name: 'Room name' }).fill('Lessons');
		await dialog.getByRole('button', { name: 'Save' }).click();
		await settings.getByRole('button', { name: 'Done' }).click();
		await expect(bo.page).toHaveTitle('Lessons · Parley');
	});
	await test.step('a host labels people, and everyone sees it in the list and in the chat', async () => {
		await choose(ana, 'Bo', 'Label…');
		const dialog = ana.page.getByRole('dialog', { name: 'Label for Bo' });
		await dialog.getByRole('textbox', { name: 'Label' }).fill('Student');
		await dialog.getByRole('button', { name: 'Save' }).click();
		await (await people(ana)).getByRole('button', { name: 'Change your name' }).click();
		await ana.page.getByRole('textbox', { name: 'Your label (optional)' }).fill('Tutor');
		await ana.page.getByRole('button', { name: 'Save', exact: true }).click();
		const list = (await people(bo)).getByRole('list', { name: 'People', exact: true });
		await expect(list.getByRole('listitem').filter({ hasText: 'Ana' })).toContainText(
			'Tutor · Host',
		);
		await expect(list.getByRole('listitem').filter({ hasText: 'Bo' })).toContainText('Student');
		await ana.controls.getByRole('button', { name: 'Chat' }).click();
		await ana.page.getByRole('textbox', { name: 'Message' }).fill('Hello');
		await ana.page.keyboard.press('Enter');
		await bo.controls.getByRole('button', { name: 'Chat' }).click();
		await expect(bo.page.getByRole('article', { name: /^Ana/ })).toContainText('Tutor');
		await expect(bo.page.getByRole('log', { name: 'Messages' })).toContainText(
			'Ana named the room “Lessons”',
		);
	});
	await test.step('a call that goes on is not past', async () => {
		await bo.controls.getByRole('button', { name: 'More' }).click();
		await bo.page.getByRole('menuitem', { name: 'Past calls' }).click();
		const dialog = bo.page.getByRole('dialog', { name: 'Past calls' });
		await expect(dialog).toContainText('No past calls yet.');
		await dialog.getByRole('button', { name: 'Done' }).click();
	});
	await bo.controls.getByRole('button', { name: 'Leave' }).click();
	// A host whom others are with is asked what is to become of them.
	await expect(ana.tile('Bo')).toHaveCount(0);
	await ana.controls.getByRole('button', { name: 'Leave' }).click();
	await expect(ana.page.getByRole('button', { name: 'Join again' })).toBeVisible();
	await test.step('members see the past calls, and hosts download them', async () => {
		await ana.page.goto(`/room/${roomId}/chat`);
		await expect(ana.page.getByRole('heading', { name: 'Lessons' })).toBeVisible();
		await ana.page.goto('/');
		await ana.page.getByRole('button', { name: 'More about Lessons' }).click();
		await ana.page.getByRole('menuitem', { name: 'Past calls' }).click();
		const dialog = ana.page.getByRole('dialog', { name: 'Past calls' });
		await expect(dialog.getByRole('listitem').filter({ hasText: 'Bo' }).first()).toBeVisible();
		const waiting = ana.page.waitForEvent('download');
		await dialog.getByRole('link', { name: 'Download as CSV' }).click();
		const table = await readFile(await (await waiting).path(), 'utf8');
		expect(table).toContain(',Ana,Tutor,');
		expect(table).toContain(',Bo,Student,');
		await dialog.getByRole('button', { name: 'Done' }).click();
	});
	await test.step('a room is renamed in the list, removed from it, and listed again', async () => {
		await ana.page.goto('/');
		const rooms = ana.page.getByRole('region', { name: 'Your rooms' });
		await rooms.getByRole('button', { name: 'More about Lessons' }).click();
		await ana.page.getByRole('menuitem', { name: 'Rename…' }).click();
		await ana.page.getByRole('textbox', { name: 'Room name' }).fill('German');
		await ana.page.getByRole('button', { name: 'Save', exact: true }).click();
		await expect(rooms.getByRole('link', { name: /^German/ })).toBeVisible();
		await rooms.getByRole('button', { name: 'More about German' }).click();
		await ana.page.getByRole('menuitem', { name: 'Remove from list' }).click();
		await expect(rooms.getByRole('status')).toContainText('“German” was removed from your list.');
		await expect(rooms.getByRole('link')).toHaveCount(0);
		await rooms.getByRole('button', { name: 'Undo' }).click();
		await expect(rooms.getByRole('link', { name: /^German/ })).toBeVisible();
		await bo.page.goto('/');
		await bo.page.getByRole('button', { name: 'More about German' }).click();
		await expect(bo.page.getByRole('menuitem', { name: 'Rename…' })).toBeHidden();
	});
});
