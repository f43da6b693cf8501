import { expect, test, type Person } from '../support/browser.ts';

test('by the keyboard alone: into the call, along the bar, through the panels, and out', async ({
	person,
	cast,
	roomId,
}) => {
	const ana = await person('Ana');
	const { page } = ana;
	await ana.toLobby(roomId);
	/** What has the focus, by name; it has to be seen. */
	const focused = async () => {
		const { name, ring } = await page.evaluate(() => {
			const element = document.activeElement;
			const { outlineStyle, outlineWidth } = getComputedStyle(element ?? document.body);
			const ring = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
			return { name: element?.getAttribute('aria-label') ?? element?.textContent.trim(), ring };
		});
		expect(ring, `the focus is seen on ${name}`).toBe(true);
		return name;
	};
	const tabTo = async (wanted: string) => {
		for (let count = 0; count < 20; count++) {
			await page.keyboard.press('Tab');
			if ((await focused()) === wanted) return;
		}
		throw new Error(`Tab does not lead to ${wanted}`);
	};
	await page.getByRole('textbox', { name: 'Your name' }).focus();
	await tabTo('Join');
	await page.keyboard.press('Enter');
	await expect(ana.controls).toBeVisible();
	await cast.joined('Bo');
	await expect(ana.tile('Bo')).toBeVisible();
	await tabTo('Mute microphone');
	const seen: (string | null | undefined)[] = [];
	for (let count = await ana.controls.getByRole('button').count(); count > 0; count--) {
		seen.push(await focused());
		await page.keyboard.press('ArrowRight');
	}
	expect(seen.at(-1)).toBe('Leave');
	expect(await focused()).toBe('Mute microphone');
	for (const [panel, key] of [
		['People', 'Enter'],
		['Chat', ' '],
	] as const) {
		await ana.controls.getByRole('button', { name: panel }).focus();
		await page.keyboard.press(key);
		await expect(page.getByRole('dialog', { name: panel })).toBeVisible();
		const inside = page.getByRole('dialog', { name: panel }).locator(':focus');
		await expect(inside).toHaveCount(1);
		if (panel === 'Chat')
			await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();
		await page.keyboard.press('Escape');
		await expect(page.getByRole('dialog', { name: panel })).toHaveCount(0);
		expect(await focused()).toBe(panel);
	}
	await page.keyboard.press('End');
	expect(await focused()).toBe('Leave');
	// A host chooses whether the others go on.
	await page.keyboard.press('Enter');
	await expect(page.getByRole('menuitem', { name: 'End call for everyone' })).toBeVisible();
	await expect(page.getByRole('menuitem', { name: 'Leave', exact: true })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('button', { name: 'Join again' })).toBeVisible();
});

test('the More menu opens by keyboard and fills the screen, the space bar unmutes, and single keys can be switched off', async ({
	joined,
}) => {
	const ana = await joined('Ana');
	const more = ana.controls.getByRole('button', { name: 'More' });
	await more.focus();
	await ana.page.keyboard.press('Enter');
	const menu = ana.page.getByRole('menu', { name: 'More' });
	await expect(menu.getByRole('menuitemradio', { name: 'Grid' })).toBeFocused();
	await ana.page.keyboard.press('End');
	await expect(menu.getByRole('menuitem', { name: 'Full screen' })).toBeFocused();
	await ana.page.keyboard.press('Enter');
	await expect(menu).toBeHidden();
	await expect(more).toBeFocused();
	const isFull = () => ana.page.evaluate(() => document.fullscreenElement !== null);
	await expect.poll(isFull).toBe(true);
	await ana.page.keyboard.press('f');
	await expect.poll(isFull).toBe(false);
	// A second press closes what the first one opened.
	await more.click();
	await expect(menu).toBeVisible();
	await more.click();
	await expect(menu).toBeHidden();

	await test.step('holding the space bar unmutes for as long, and single keys can be switched off', () =>
		holdSpaceBar(ana));
});

async function holdSpaceBar(ana: Person): Promise<void> {
	const muted = ana.controls.getByRole('button', { name: 'Unmute microphone' });
	const heard = ana.controls.getByRole('button', { name: 'Mute microphone', exact: true });
	// What a key did is said, for nobody sees it who listens.
	const said = (words: string) => ana.page.locator('[aria-live]').getByText(words, { exact: true });
	await ana.page.keyboard.press('m');
	await expect(muted).toBeVisible();
	await expect(said('Microphone off')).toBeAttached();
	await ana.page.keyboard.press('l');
	await expect(said('Layout: Speaker')).toBeAttached();
	await ana.page.keyboard.press('h');
	await expect(said('Hand raised')).toBeAttached();
	await ana.page.keyboard.press('q');
	await expect(ana.page.getByRole('menuitem', { name: 'Leave', exact: true })).toBeFocused();
	await ana.page.keyboard.press('Escape');
	await ana.page.keyboard.down(' ');
	await expect(heard).toBeVisible();
	await ana.page.keyboard.up(' ');
	await expect(muted).toBeVisible();

	// On a button a short press is for the button, and a longer one talks.
	const chat = ana.page.getByRole('dialog', { name: 'Chat' });
	await ana.controls.getByRole('button', { name: 'Chat' }).focus();
	await ana.page.keyboard.down(' ');
	await expect(heard).toBeVisible();
	await ana.page.keyboard.up(' ');
	await expect(muted).toBeVisible();
	await expect(chat).toHaveCount(0);
	await ana.page.keyboard.press(' ');
	await expect(chat).toBeVisible();
	// What is written there stays text.
	await ana.page.getByRole('textbox', { name: 'Message' }).focus();
	await ana.page.keyboard.down(' ');
	await ana.page.keyboard.up(' ');
	await expect(muted).toBeVisible();
	await ana.page.keyboard.press('Escape');
	await expect(chat).toHaveCount(0);

	await ana.page.keyboard.press('?');
	const help = ana.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
	await expect(help.getByText('Raise or lower your hand')).toBeVisible();
	await ana.page.keyboard.press('Escape');
	await expect(help).toHaveCount(0);

	await ana.controls.getByRole('button', { name: 'More' }).click();
	await ana.page.getByRole('menuitem', { name: 'Devices' }).click();
	await ana.page.getByRole('switch', { name: 'Single-key shortcuts' }).click();
	await ana.page.getByRole('button', { name: 'Done' }).click();
	await ana.page.keyboard.press('m');
	await ana.page.keyboard.press('c');
	await expect(chat).toHaveCount(0);
	await expect(muted).toBeVisible();
}
