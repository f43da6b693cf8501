import { expect, test } from '../support/browser.ts';
import { choose, people, turn } from '../support/hosting.ts';

declare global {
	interface Window {
		/** How often notes were played. */
		notes: number;
	}
}

test('who knocks is let in or declined by a host, from the list, from the message, or all at once', async ({
	joined,
	person,
	roomId,
	cast,
}) => {
	const ana = await joined('Ana');
	const dialog = await turn(ana, 'Waiting room');
	await dialog.getByRole('button', { name: 'Done' }).click();
	await (await people(ana)).getByRole('button', { name: 'Close people' }).click();
	await test.step('who knocks is let in by a host, or not, and may stop waiting', async () => {
		const bo = await person('Bo');
		await bo.toLobby(roomId);
		await bo.page.getByRole('button', { name: 'Ask to join' }).click();
		await expect(bo.page.getByText('Waiting for a host to let you in')).toBeVisible();
		await expect(ana.page.getByText('Bo wants to join')).toBeVisible();
		await bo.page.getByRole('button', { name: 'Cancel' }).click();
		await expect(ana.page.getByText('Bo wants to join')).toHaveCount(0);

		await bo.page.getByRole('button', { name: 'Ask to join' }).click();
		const panel = await people(ana);
		await panel.getByRole('button', { name: 'Decline Bo' }).click();
		await expect(bo.page.getByText("A host didn't let you in.")).toBeVisible();

		await bo.page.getByRole('button', { name: 'Ask again' }).click();
		await panel.getByRole('button', { name: 'Admit Bo' }).click();
		await expect(bo.controls).toBeVisible();
		await bo.seesMoving('Ana');
	});
	const knock = async (name: string) => {
		const client = await cast.connect();
		await client.ask('lobby:enter', { roomId: cast.roomId });
		await client.ask('room:knock', { name });
		return client;
	};
	await test.step('a knock is answered from the message that tells of it', async () => {
		await (await people(ana)).getByRole('button', { name: 'Close people' }).click();
		const cy = await knock('Cy');
		const admit = ana.page.getByRole('button', { name: 'Admit', exact: true });
		await expect(ana.page.getByRole('button', { name: 'Decline', exact: true })).toBeVisible();
		await expect.poll(async () => (await admit.boundingBox())?.height).toBeGreaterThanOrEqual(40);
		await admit.click();
		await cy.until('lobby:standing', ({ admission }) => admission === 'open');
		await cy.join(roomId, 'Cy');
	});
	await test.step('all who wait are admitted at once; a knock sounds only where sounds are on', async () => {
		await ana.page.evaluate(() => {
			window.notes = 0;
			const { start } = OscillatorNode.prototype;
			OscillatorNode.prototype.start = function (when) {
				window.notes++;
				start.call(this, when);
			};
		});
		const notes = () => ana.page.evaluate(() => window.notes);
		const panel = await people(ana);
		const seen = async (name: string) => {
			const client = await knock(name);
			await expect(panel.getByRole('button', { name: `Admit ${name}` })).toBeVisible();
			return client;
		};
		const di = await seen('Di');
		await expect.poll(notes).toBeGreaterThan(0);
		await panel.getByRole('button', { name: 'Close people' }).click();
		await ana.controls.getByRole('button', { name: 'More' }).click();
		await ana.page.getByRole('menuitem', { name: 'Devices' }).click();
		const devices = ana.page.getByRole('dialog', { name: 'Devices' });
		await devices.getByRole('switch', { name: 'Sounds' }).click();
		await devices.getByRole('button', { name: 'Done' }).click();
		await people(ana);
		const before = await notes();
		const ed = await seen('Ed');
		expect(await notes()).toBe(before);

		await panel.getByRole('button', { name: 'Admit all' }).click();
		for (const client of [di, ed]) await client.until('lobby:standing');
		await expect(panel.getByRole('button', { name: 'Admit all' })).toHaveCount(0);
	});
});

test('a host mutes somebody, turns their camera off, and removes them; hands, reactions and names show', async ({
	joined,
	cast,
}) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	await test.step('a host mutes somebody, who sees by whom, and speaks again only when allowed', async () => {
		const dialog = await turn(ana, 'Let people unmute themselves');
		await dialog.getByRole('button', { name: 'Done' }).click();
		await choose(ana, 'Bo', 'Mute');
		await expect(bo.page.getByText('Ana muted you')).toBeVisible();
		const unmute = bo.controls.getByRole('button', { name: 'Unmute microphone' });
		await unmute.click();
		await expect(bo.page.getByText('Only a host can unmute you').first()).toBeVisible();
		await expect(unmute).toBeVisible();
		await expect(ana.tile('Bo').getByRole('img', { name: 'Microphone off' })).toBeAttached();

		await choose(ana, 'Bo', 'Allow to unmute');
		await expect(bo.page.getByText('Ana allowed you to unmute')).toBeVisible();
		await unmute.click();
		await expect(ana.tile('Bo').getByRole('img', { name: 'Microphone off' })).toHaveCount(0);
		// Nobody but hosts is offered any of this.
		await expect((await people(bo)).getByRole('button', { name: 'Mute everyone' })).toHaveCount(0);
		await (await people(bo)).getByRole('button', { name: 'More about Ana' }).click();
		await expect(bo.page.getByRole('menuitem')).toHaveText(['Message', 'Call…', 'Pin']);
		await bo.page.keyboard.press('Escape');
	});
	await test.step('a host turns a camera off, and its owner turns it on again', async () => {
		await ana.seesMoving('Bo');
		await choose(ana, 'Bo', 'Stop their camera');
		await expect(bo.page.getByText('Ana turned your camera off')).toBeVisible();
		await expect(ana.tile('Bo').getByRole('img', { name: 'Camera off' })).toBeAttached();
		await bo.controls.getByRole('button', { name: 'Turn camera on' }).click();
		await ana.seesMoving('Bo');
	});
	await test.step('who was removed cannot come back until a host allows it', async () => {
		await choose(ana, 'Bo', 'Remove');
		await ana.page
			.getByRole('dialog', { name: 'Remove Bo?' })
			.getByRole('button', { name: 'Remove' })
			.click();
		await expect(bo.page.getByRole('heading', { name: "You've been removed" })).toBeVisible();
		await expect(ana.tile('Bo')).toHaveCount(0);
		await bo.page.reload();
		await expect(bo.page.getByText('A host removed you from this room')).toBeVisible();
		await expect(bo.page.getByRole('button', { name: 'Join', exact: true })).toHaveCount(0);

		const dialog = await turn(ana);
		await dialog.getByRole('button', { name: 'Let Bo back in' }).click();
		await dialog.getByRole('button', { name: 'Done' }).click();
		await bo.join();
		await expect(ana.tile('Bo')).toBeVisible();
	});
	await test.step('hands stand in line, the first one first, and a host lowers them', async () => {
		const cy = await cast.joined('Cy');
		const panel = await people(ana);
		const hands = panel.getByRole('list', { name: 'Raised hands' }).getByRole('listitem');
		// By the button: keys come with what is loaded after the first picture.
		await bo.controls.getByRole('button', { name: 'Raise hand' }).click();
		await expect(hands).toHaveCount(1);
		await cy.ask('room:hand', { raised: true });
		await expect(hands).toHaveText([/Bo/, /Cy/]);
		await panel.getByRole('button', { name: "Lower Bo's hand" }).click();
		await expect(hands).toHaveText([/Cy/]);
		await expect(bo.page.getByText('Ana lowered your hand')).toBeVisible();
		await bo.controls.getByRole('button', { name: 'Raise hand' }).click();
		await expect(hands).toHaveText([/Cy/, /Bo/]);
		await cy.ask('room:hand', { raised: false });
		await bo.page.keyboard.press('h');
		await expect(hands).toHaveCount(0);
	});
	await test.step('reactions, hands and a new name show on the tile, and are announced', async () => {
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
});

test('a password is asked for; a host makes another one, who locks the room and ends the call for all', async ({
	joined,
	person,
	roomId,
}) => {
	const ana = await joined('Ana');
	const bo = await person('Bo');
	await test.step('a password is asked for: the wrong one is refused in words, the right one opens', async () => {
		const settings = await turn(ana);
		await settings.getByRole('button', { name: 'Set a password' }).click();
		await settings.getByRole('textbox', { name: 'New password' }).fill('sesame');
		await settings.getByRole('button', { name: 'Set', exact: true }).click();
		await expect(settings.getByRole('button', { name: 'Change the password' })).toBeVisible();
		await settings.getByRole('button', { name: 'Done' }).click();

		await bo.toLobby(roomId);
		const box = bo.page.getByLabel('Room password');
		await box.fill('wrong');
		await bo.page.getByRole('button', { name: 'Join', exact: true }).click();
		await expect(bo.page.getByText('Wrong password.')).toBeVisible();
		await expect(box).toBeFocused();
		await box.fill('sesame');
		await bo.join();
		await expect(ana.tile('Bo')).toBeVisible();
	});
	await choose(ana, 'Bo', 'Make host');
	const dialog = await turn(bo, 'Lock the room');

	const cy = await person('Cy');
	await cy.page.goto(`/room/${roomId}`);
	await expect(cy.page.getByText('This room is locked')).toBeVisible();

	await dialog.getByRole('button', { name: 'Done' }).click();
	// That not everybody comes in is seen beside the room's name, by all.
	for (const one of [ana, bo])
		await expect(
			one.page.locator('header').getByRole('img', { name: 'Locked: only hosts can join' }).first(),
		).toBeVisible();
	await bo.controls.getByRole('button', { name: 'Leave' }).click();
	await bo.page.getByRole('menuitem', { name: 'End call for everyone' }).click();
	for (const one of [ana, bo])
		await expect(one.page.getByRole('heading', { name: 'The call is over' })).toBeVisible();
	await expect(bo.page.getByText('You ended the call for everyone.')).toBeVisible();
	await expect(ana.page.getByText('The host ended the call.').first()).toBeVisible();
	await ana.page.getByRole('button', { name: 'Join again' }).click();
	await ana.join();
});
