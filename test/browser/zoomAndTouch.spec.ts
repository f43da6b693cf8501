import { expect, test, type Person } from '../support/browser.ts';
import { comesIntoReach, fits, reachable } from '../support/reach.ts';
import { phone } from '../support/views.ts';

for (const [what, width, height, fontSize] of [
	['zoomed to 200 %', 640, 400, ''],
	['with letters of twice the size', 1280, 800, '200%'],
	['a phone', 390, 844, ''],
	['a phone on its side', 844, 390, ''],
] as const) {
	test(`all is in reach: ${what}`, async ({ person, cast, roomId }) => {
		const ana = await person('Ana', { viewport: { width, height }, reducedMotion: 'reduce' });
		const { page } = ana;
		if (fontSize) {
			await page.addInitScript((size) => {
				addEventListener('DOMContentLoaded', () => {
					document.documentElement.style.fontSize = size;
				});
			}, fontSize);
		}
		const bo = await cast.joined('Bo');
		await ana.toLobby(roomId);
		expect(await fits(ana)).toBe(true);
		for (const name of ['Microphone', 'Camera', 'Devices', 'Join']) {
			const button = page.getByRole('button', { name, exact: true });
			await comesIntoReach(button, name);
		}
		// Where the window has little height the way in is beside the picture; what is wrong moves nothing.
		const way = page.getByRole('button', { name: 'Join', exact: true });
		await page.evaluate(() => scrollTo(0, 0));
		if (height <= 480) expect(await reachable(way)).toBe(true);
		const before = await way.boundingBox();
		await page.getByRole('textbox', { name: 'Your name' }).fill('');
		await way.click();
		await expect(page.getByText('Enter your name.')).toBeVisible();
		expect(await way.boundingBox()).toEqual(before);
		await page.getByRole('textbox', { name: 'Your name' }).fill('Ana');
		await ana.join();
		await expect(ana.tile('Bo')).toBeVisible();
		const buttons = await ana.controls.getByRole('button').all();
		expect(buttons.length).toBeGreaterThanOrEqual(6);
		for (const button of buttons) await expect.poll(() => reachable(button)).toBe(true);
		expect(await fits(ana)).toBe(true);

		await ana.controls.getByRole('button', { name: 'More' }).click();
		const items = page.getByRole('menu', { name: 'More' }).getByRole('menuitem');
		await comesIntoReach(items.last());
		await page.getByRole('menuitem', { name: 'Devices' }).click();
		const done = page
			.getByRole('dialog', { name: 'Devices' })
			.getByRole('button', { name: 'Done' });
		await comesIntoReach(done);
		await done.click();
		for (const [name, close] of [
			['People', 'Close people'],
			['Chat', 'Close chat'],
		] as const) {
			await ana.controls.getByRole('button', { name }).click();
			const button = page.getByRole('button', { name: close });
			await expect.poll(() => reachable(button), close).toBe(true);
			if (name === 'People') {
				// The list is what the panel is for: the first ones are seen at once.
				const row = page.getByRole('list', { name: 'People' }).getByText('Ana', { exact: true });
				await expect.poll(() => reachable(row)).toBe(true);
				const last = page.locator('#people').getByRole('button', { name: 'Copy link' });
				await comesIntoReach(last);
			}
			await button.click();
			await expect(ana.controls.getByRole('button', { name })).toBeFocused();
		}
		await bo.ask('room:leave', {});
		await expect(ana.tile('Bo')).toHaveCount(0);
	});
}

/** What of all that can be pressed now is too small for a finger, or lies beside the window. */
const hardToPress = ({ page }: Person) =>
	page.evaluate(() =>
		[...document.querySelectorAll('button, a.button, a.who, select, summary, [role="menuitem"]')]
			.filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('[inert]'))
			.map((one) => ({ one, box: one.getBoundingClientRect() }))
			.filter(
				({ box: { width, height, left, right } }) =>
					Math.min(width, height) < 43.5 || left < -1 || right > innerWidth + 1,
			)
			.map(({ one, box }) => `${one.ariaLabel ?? one.textContent} ${box.width} x ${box.height}`),
	);

test('on a phone all can be pressed with a finger, whatever people are called', async ({
	person,
	cast,
	roomId,
}) => {
	const longest = 'm'.repeat(40);
	const ana = await person(`${longest} Ana`, {
		...{ viewport: phone, reducedMotion: 'reduce' },
		...{ hasTouch: true, isMobile: true },
	});
	const { page } = ana;
	const look = async () => {
		expect(await hardToPress(ana)).toEqual([]);
		expect(await fits(ana)).toBe(true);
	};
	await cast.joined(longest);
	await ana.toLobby(roomId);
	await ana.join();
	await expect(ana.tile(longest)).toBeVisible();
	await look();
	await ana.controls.getByRole('button', { name: 'More' }).click();
	await expect(page.getByRole('menu', { name: 'More' })).toBeVisible();
	await look();
	await page.keyboard.press('Escape');
	await ana.controls.getByRole('button', { name: 'People' }).click();
	await expect(page.getByRole('button', { name: 'Change your name' })).toBeVisible();
	await look();
	await page.goto('/people');
	await page.getByRole('button', { name: `More about ${longest}` }).click();
	await expect(page.getByRole('menuitem', { name: 'Add to contacts' })).toBeVisible();
	await look();
	await page.goto('/next');
	await page.getByRole('checkbox', { name: 'I agree to the rules' }).check();
	await look();
	await page.getByRole('button', { name: 'Start' }).click();
	await expect(page.getByText('Looking for someone…')).toBeVisible();
	await look();
	await page.goto('/login?new');
	await expect(page.getByRole('heading', { name: 'Create account' })).toBeVisible();
	await page
		.getByRole('textbox', { name: 'Username' })
		.fill(`${crypto.randomUUID()}`.slice(0, 32).replaceAll('-', 'w'));
	await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
	await page.locator('form').getByRole('button', { name: 'Create account' }).click();
	await expect(page.getByRole('link', { name: /^Signed in as/ })).toBeVisible();
	await page.goto('/login?new');
	await expect(page.getByRole('heading', { name: "You're signed in" })).toBeVisible();
	await expect(page).toHaveTitle('Sign in · Parley');
	for (const path of ['/login', '/settings', '/']) {
		await page.goto(path);
		await expect(page.getByRole('link', { name: /^Signed in as/ })).toBeVisible();
		await look();
	}
});
