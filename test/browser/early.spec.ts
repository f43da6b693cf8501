import type { Page } from 'playwright/test';
import { expect, test } from '../support/browser.ts';

// Pages are drawn before their scripts have come. Here these come late.

/** How late, in ms. */
const late = 2_000;

/** Holds back all scripts of this page but the first one of each page, which browsers wait for. */
async function holdScripts(page: Page): Promise<void> {
	await page.route(/\/_app\/immutable\/(?!entry\/page\.).*\.js$/, async (route) => {
		await new Promise((resolve) => setTimeout(resolve, late));
		await route.continue();
	});
}

const opened = async (page: Page, path: string) => {
	await holdScripts(page);
	await page.goto(path, { waitUntil: 'commit' });
};

test('R130: what is typed and sent before the page listens is taken, and seen to be', async ({
	page,
}) => {
	await opened(page, '/');
	await page.getByRole('textbox', { name: 'Room link or code' }).fill('standup');
	const join = page.getByRole('button', { name: 'Join', exact: true });
	await join.click();
	await expect(join).toHaveAttribute('aria-busy', 'true', { timeout: 100 });
	expect(new URL(page.url()).pathname).toBe('/');
	await expect(page).toHaveURL(/\/room\/standup$/);
});

test('R130: so is the Enter key, and what it explains stands beside what was typed', async ({
	page,
}) => {
	await opened(page, '/');
	const box = page.getByRole('textbox', { name: 'Room link or code' });
	await box.pressSequentially('???');
	await box.press('Enter');
	await expect(box).toHaveAttribute('aria-invalid', 'true');
	await expect(box).toHaveValue('???');
	await expect(box).toBeFocused();
	expect(new URL(page.url()).search).toBe('');
	await expect(page.getByRole('button', { name: 'Join', exact: true })).not.toHaveAttribute(
		'aria-busy',
	);
});

test('R130: New room leads into a room without waiting for scripts', async ({ page }) => {
	await opened(page, '/');
	await page.getByRole('button', { name: 'New room' }).click();
	await expect(page).toHaveURL(/\/room\/[0-9a-z]{26}$/);
});

test('R130: presses are done in their order, each once however often one pressed', async ({
	page,
}) => {
	await opened(page, '/login');
	const password = page.getByRole('textbox', { name: 'Password', exact: true });
	await page.getByRole('textbox', { name: 'User name' }).fill('nobody-of-this-name');
	await password.fill('not the word');
	// Shown once, not shown and hidden again.
	await page.getByRole('button', { name: 'Show password' }).dblclick();
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(password).toHaveAttribute('aria-invalid', 'true');
	await expect(password).toHaveAttribute('type', 'text');
	await expect(password).toHaveValue('not the word');
	expect(new URL(page.url()).search).toBe('');
});

test('R130: what has gone by the time the page listens is not pressed', async ({ page }) => {
	await opened(page, '/login');
	await page.getByRole('textbox', { name: 'User name' }).fill('ada');
	// The first press takes the second one's button away.
	await page.getByRole('button', { name: 'Make an account' }).click();
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(page.getByRole('button', { name: 'I have an account' })).toBeVisible();
	await expect(page.getByRole('textbox', { name: 'User name' })).toHaveValue('ada');
	await expect(page.getByRole('alert')).toHaveCount(0);
});

test('R130: in the lobby Join leads into the call, however early it is pressed', async ({
	person,
	roomId,
}) => {
	const ana = await person('Ana');
	await opened(ana.page, `/room/${roomId}`);
	await ana.page.getByRole('textbox', { name: 'Your name' }).fill('Ana');
	await ana.page.getByRole('button', { name: 'Join', exact: true }).click({ force: true });
	await expect(ana.tile('Ana (you)')).toBeVisible({ timeout: 30_000 });
});

test('R130: Start waits for the connection, and then begins', async ({ person }) => {
	const ana = await person('Ana');
	await ana.page.routeWebSocket(/\/socket\.io\//, async (socket) => {
		await new Promise((resolve) => setTimeout(resolve, late));
		socket.connectToServer();
	});
	await opened(ana.page, '/next');
	await ana.page.getByRole('radio', { name: 'Text only' }).check();
	await ana.page.getByRole('checkbox', { name: /rules/ }).check();
	const start = ana.page.getByRole('button', { name: 'Start' });
	await start.click({ force: true });
	await expect(start).toHaveAttribute('aria-busy', 'true');
	await expect(ana.page.getByRole('button', { name: 'Stop' })).toBeVisible();
});
