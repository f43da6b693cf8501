import { expectAccessible } from '../support/axe.ts';
import { expect, test } from '../support/browser.ts';
import { ChatPage } from '../support/chatPage.ts';
import { choose, people } from '../support/hosting.ts';

test('a host deletes a message and slows the chat down, and everybody sees how', async ({
	joined,
}) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	const [hers, his] = [await ChatPage.beside(ana), await ChatPage.beside(bo)];
	await test.step('a host deletes the message of another person, and the author sees that it was a host', async () => {
		await his.send('Buy my things');
		await hers.choose('Buy my things', 'Delete');
		const question = ana.page.getByRole('dialog', { name: 'Delete this message?' });
		await expect(question).toContainText('Everyone will see that a host deleted it.');
		await question.getByRole('button', { name: 'Delete' }).click();
		for (const chat of [hers, his]) {
			await expect(chat.message('A host deleted this message')).toBeVisible();
			await expect(chat.message('Buy my things')).toHaveCount(0);
		}
	});
	await test.step('people who are no hosts cannot delete messages of others', async () => {
		await hers.send('Please be kind');
		const message = his.message('Please be kind');
		await message.hover();
		await message.getByRole('button', { name: 'More' }).click();
		await expect(bo.page.getByRole('menuitem', { name: 'Copy text' })).toBeVisible();
		await expect(bo.page.getByRole('menuitem', { name: 'Delete' })).toHaveCount(0);
		await bo.page.keyboard.press('Escape');
	});
	await test.step('in slow mode the text stays in the box until its time has come', async () => {
		const panel = await people(ana);
		await panel.getByRole('button', { name: 'Room settings' }).click();
		const dialog = ana.page.getByRole('dialog', { name: 'Room settings' });
		const slowMode = dialog.getByRole('combobox', { name: 'Slow mode' });
		await slowMode.selectOption('10 seconds');
		await expect(slowMode).toHaveValue('10');
		await expectAccessible(ana.page, 'slow mode among the room settings');
		await expect(bo.page.getByText('Slow mode: 10 seconds between messages')).toBeVisible();

		await his.send('First');
		// Long enough for all that is looked at meanwhile.
		await slowMode.selectOption('1 minute');
		await his.box.fill('Second');
		await expect(bo.page.getByText(/Slow mode: next message in \d+ s/)).toBeVisible();
		await his.box.press('Enter');
		await expect(his.box).toHaveValue('Second');
		await expect(
			bo.page.getByRole('status').filter({ hasText: 'you can send the next' }),
		).toHaveCount(1);
		await expectAccessible(bo.page, 'the chat while a person waits in slow mode');
		const send = bo.page.getByRole('button', { name: 'Send', exact: true });
		await expect(send).toBeDisabled();
		// Another page of the same person waits as well.
		const tab = await bo.context.newPage();
		await tab.goto(bo.page.url() + '/chat');
		await expect(tab.getByText(/Slow mode: next message in \d+ s/)).toBeVisible();
		await tab.close();
		await slowMode.selectOption('10 seconds');
		await dialog.getByRole('button', { name: 'Done' }).click();
		await expect(send).toBeEnabled();
		await his.box.press('Enter');
		await expect((await ChatPage.beside(ana)).message('Second')).toHaveCount(1);
	});
});

test('a host moves somebody to the waiting room, lets them in again, and hands over the room', async ({
	joined,
}) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	await test.step('the person waits at once, and is admitted from the list', async () => {
		await choose(ana, 'Bo', 'Move to the waiting room');
		await expect(bo.page.getByText('A host moved you to the waiting room')).toBeVisible();
		await expect(bo.controls).toHaveCount(0);
		await expect(ana.tile('Bo')).toHaveCount(0);
		await expectAccessible(bo.page, 'the lobby of a person whom a host moved there');
		await (await people(ana)).getByRole('button', { name: 'Admit Bo' }).click();
		await expect(bo.controls).toBeVisible();
		await expect(ana.tile('Bo')).toHaveCount(1);
	});
	await test.step('after a reload the person still waits', async () => {
		await choose(ana, 'Bo', 'Move to the waiting room');
		await expect(bo.page.getByText('A host moved you to the waiting room')).toBeVisible();
		await bo.page.reload();
		await bo.page.getByRole('button', { name: 'Ask to join' }).click();
		await expect(bo.page.getByText('A host moved you to the waiting room')).toBeVisible();
		await (await people(ana)).getByRole('button', { name: 'Admit Bo' }).click();
		await expect(bo.controls).toBeVisible();
	});
	await test.step('the room is handed over by keyboard, once it was confirmed', async () => {
		const more = (await people(ana)).getByRole('button', { name: 'More about Bo' });
		await more.focus();
		await ana.page.keyboard.press('Enter');
		const entry = ana.page.getByRole('menuitem', { name: 'Hand over the room…' });
		await expectAccessible(ana.page, 'the menu of a person');
		while (!(await entry.evaluate((element) => element === document.activeElement)))
			await ana.page.keyboard.press('ArrowDown');
		await ana.page.keyboard.press('Enter');
		const question = ana.page.getByRole('dialog', { name: 'Hand over the room to Bo?' });
		await expectAccessible(ana.page, 'the question whether to hand over the room');
		await question.getByRole('button', { name: 'Hand over' }).click();
		await expect((await people(bo)).getByRole('button', { name: 'Room settings' })).toBeVisible();
		await expect((await people(ana)).getByRole('button', { name: 'Room settings' })).toHaveCount(0);
	});
	await test.step('a host who leaves makes another person host', async () => {
		await bo.controls.getByRole('button', { name: 'Leave' }).click();
		await bo.page.getByRole('menuitem', { name: 'Leave and make Ana host' }).click();
		await expect(bo.controls).toHaveCount(0);
		await expect((await people(ana)).getByRole('button', { name: 'Room settings' })).toBeVisible();
	});
});
