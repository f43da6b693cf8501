import { expect, test } from '../support/browser.ts';
import { choose, people, turn } from '../support/hosting.ts';

test('who knocks is let in by a host, or not, and may stop waiting', async ({
	joined,
	person,
	roomId,
}) => {
	const ana = await joined('Ana');
	const dialog = await turn(ana, 'Ask before coming in');
	await dialog.getByRole('button', { name: 'Done' }).click();
	await (await people(ana)).getByRole('button', { name: 'Close people' }).click();

	const bo = await person('Bo');
	await bo.toLobby(roomId);
	await bo.page.getByRole('button', { name: 'Ask to join' }).click();
	await expect(bo.page.getByText('Waiting for a host to let you in')).toBeVisible();
	await expect(ana.page.getByText('Bo wants to come in')).toBeVisible();
	await bo.page.getByRole('button', { name: 'Cancel' }).click();
	await expect(ana.page.getByText('Bo wants to come in')).toHaveCount(0);

	await bo.page.getByRole('button', { name: 'Ask to join' }).click();
	const panel = await people(ana);
	await panel.getByRole('button', { name: 'Decline Bo' }).click();
	await expect(bo.page.getByText('A host did not let you in.')).toBeVisible();

	await bo.page.getByRole('button', { name: 'Ask again' }).click();
	await panel.getByRole('button', { name: 'Admit Bo' }).click();
	await expect(bo.controls).toBeVisible();
	await bo.seesMoving('Ana');
});

test('a knock is answered from the message that tells of it', async ({
	joined,
	person,
	roomId,
}) => {
	const ana = await joined('Ana');
	const dialog = await turn(ana, 'Ask before coming in');
	await dialog.getByRole('button', { name: 'Done' }).click();
	await (await people(ana)).getByRole('button', { name: 'Close people' }).click();
	const bo = await person('Bo');
	await bo.toLobby(roomId);
	await bo.page.getByRole('button', { name: 'Ask to join' }).click();
	await ana.page.getByRole('button', { name: 'Admit', exact: true }).click();
	await expect(bo.controls).toBeVisible();
});

test('a password is asked for: the wrong one is refused in words, the right one opens', async ({
	joined,
	person,
	roomId,
}) => {
	const ana = await joined('Ana');
	const dialog = await turn(ana);
	await dialog.getByRole('button', { name: 'Set a password' }).click();
	await dialog.getByRole('textbox', { name: 'New password' }).fill('sesame');
	await dialog.getByRole('button', { name: 'Set', exact: true }).click();
	await expect(dialog.getByRole('button', { name: 'Change the password' })).toBeVisible();

	const bo = await person('Bo');
	await bo.toLobby(roomId);
	const box = bo.page.getByLabel('Password of the room');
	await box.fill('wrong');
	await bo.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(bo.page.getByText('That is not the password of this room.')).toBeVisible();
	await expect(box).toBeFocused();
	await box.fill('sesame');
	await bo.join();
	await expect(ana.tile('Bo')).toBeVisible();
});

test('a host mutes somebody, who sees by whom, and speaks again only when allowed', async ({
	joined,
}) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	const dialog = await turn(ana, 'People unmute themselves');
	await dialog.getByRole('button', { name: 'Done' }).click();
	await choose(ana, 'Bo', 'Mute');
	await expect(bo.page.getByText('Ana muted you')).toBeVisible();
	const unmute = bo.controls.getByRole('button', { name: 'Unmute microphone' });
	await unmute.click();
	await expect(bo.page.getByText('A host has to let you speak').first()).toBeVisible();
	await expect(unmute).toBeVisible();
	await expect(ana.tile('Bo').getByRole('img', { name: 'Microphone off' })).toBeAttached();

	await choose(ana, 'Bo', 'Let them speak');
	await expect(bo.page.getByText('Ana lets you speak again')).toBeVisible();
	await unmute.click();
	await expect(ana.tile('Bo').getByRole('img', { name: 'Microphone off' })).toHaveCount(0);
	// Nobody but hosts is offered any of this.
	await expect((await people(bo)).getByRole('button', { name: 'Mute everyone' })).toHaveCount(0);
	await expect(bo.page.getByRole('button', { name: 'More about Ana' })).toHaveCount(0);
});

test('who was removed cannot come back until a host allows it', async ({ joined }) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	await choose(ana, 'Bo', 'Remove');
	await ana.page
		.getByRole('dialog', { name: 'Remove Bo?' })
		.getByRole('button', { name: 'Remove' })
		.click();
	await expect(bo.page.getByRole('heading', { name: 'You were removed' })).toBeVisible();
	await expect(ana.tile('Bo')).toHaveCount(0);
	await bo.page.reload();
	await expect(bo.page.getByText('A host removed you from this room')).toBeVisible();
	await expect(bo.page.getByRole('button', { name: 'Join', exact: true })).toHaveCount(0);

	const dialog = await turn(ana);
	await dialog.getByRole('button', { name: 'Allow Bo to come again' }).click();
	await bo.join();
	await expect(ana.tile('Bo')).toBeVisible();
});

test('hands stand in line, the first one first, and a host lowers them', async ({ joined }) => {
	const ana = await joined('Ana');
	const [bo, cy] = [await joined('Bo'), await joined('Cy')];
	const panel = await people(ana);
	const hands = panel.getByRole('list', { name: 'Raised hands' }).getByRole('listitem');
	await cy.page.keyboard.press('h');
	await expect(hands).toHaveCount(1);
	await bo.controls.getByRole('button', { name: 'Raise hand' }).click();
	await expect(hands).toHaveText([/Cy/, /Bo/]);
	await panel.getByRole('button', { name: 'Lower the hand of Cy' }).click();
	await expect(hands).toHaveText([/Bo/]);
	await expect(cy.page.getByText('Ana lowered your hand')).toBeVisible();
	await expect(cy.controls.getByRole('button', { name: 'Raise hand' })).toBeVisible();
});

test('a host makes another one, locks the room, and ends the call for all', async ({
	joined,
	person,
	roomId,
}) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	await choose(ana, 'Bo', 'Make host');
	const dialog = await turn(bo, 'Lock the room');

	const cy = await person('Cy');
	await cy.page.goto(`/room/${roomId}`);
	await expect(cy.page.getByText('This room is locked')).toBeVisible();

	await dialog.getByRole('button', { name: 'End the call for all' }).click();
	await bo.page
		.getByRole('dialog', { name: 'End the call for everybody?' })
		.getByRole('button', { name: 'End the call' })
		.click();
	for (const one of [ana, bo])
		await expect(one.page.getByRole('heading', { name: 'The call is over' })).toBeVisible();
	await ana.page.getByRole('button', { name: 'Join again' }).click();
	await ana.join();
});

test('reactions, hands and a new name show on the tile, and are announced', async ({ joined }) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	await bo.controls.getByRole('button', { name: 'React' }).click();
	await bo.page.getByRole('button', { name: 'Applause' }).click();
	await expect(ana.tile('Bo').getByText('👏')).toBeAttached();
	await expect(ana.page.getByText('Bo reacted: 👏')).toBeAttached();
	await expect(bo.tile('Bo (you)').getByText('👏')).toBeAttached();
	await expect(ana.tile('Bo').getByText('👏')).toHaveCount(0);

	await bo.page.keyboard.press('Escape');
	await bo.controls.getByRole('button', { name: 'Raise hand' }).click();
	await expect(ana.tile('Bo').getByRole('img', { name: 'Hand raised' })).toBeVisible();
	await expect(ana.page.getByText('Bo raised a hand.')).toBeAttached();

	await (await people(bo)).getByRole('button', { name: 'Change your name' }).click();
	const dialog = bo.page.getByRole('dialog', { name: 'Change your name' });
	await dialog.getByRole('textbox', { name: 'Your name' }).fill('Bobby');
	await dialog.getByRole('button', { name: 'Save' }).click();
	await expect(ana.tile('Bobby')).toBeVisible();
	await expect(bo.tile('Bobby (you)')).toBeVisible();
});
