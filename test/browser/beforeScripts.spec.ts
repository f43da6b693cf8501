import type { Page } from 'playwright/test';
import { expect, test } from '../support/browser.ts';

// Pages are drawn before their scripts have come. Here these come when the test says so.

/** All but the first one of each page, which browsers wait for. */
const scripts = /\/_app\/immutable\/(?!entry\/page\.).*\.js$/;

/** Opens a page whose scripts are held back. */
async function opened(page: Page, path: string): Promise<{ letScriptsCome: () => void }> {
	const { promise: wanted, resolve: letScriptsCome } = Promise.withResolvers<void>();
	await page.route(scripts, async (route) => {
		await wanted;
		await route.continue();
	});
	await page.goto(path, { waitUntil: 'commit' });
	return { letScriptsCome };
}

/** How late each script comes to a page that is drawn by its scripts, and its connection, in ms. */
const late = 1_000;

/** Opens a page that is drawn by its scripts, each of which is late. */
async function openedSlowly(page: Page, path: string): Promise<void> {
	await page.route(scripts, async (route) => {
		await new Promise((resolve) => setTimeout(resolve, late));
		await route.continue();
	});
	await page.goto(path, { waitUntil: 'commit' });
}

test('PAGE-1: what is typed and sent before the page listens is taken, and seen to be', async ({
	page,
}) => {
	const { letScriptsCome } = await opened(page, '/');
	await page.getByRole('textbox', { name: 'Room link or code' }).fill('standup');
	const join = page.getByRole('button', { name: 'Join', exact: true });
	await join.click();
	await expect(join).toHaveAttribute('aria-busy', 'true');
	expect(new URL(page.url()).pathname).toBe('/');
	letScriptsCome();
	await expect(page).toHaveURL(/\/room\/standup$/);
});

test('PAGE-1: so is the Enter key, and what it explains stands beside what was typed', async ({
	page,
}) => {
	const { letScriptsCome } = await opened(page, '/');
	const box = page.getByRole('textbox', { name: 'Room link or code' });
	await box.pressSequentially('???');
	await box.press('Enter');
	letScriptsCome();
	await expect(box).toHaveAttribute('aria-invalid', 'true');
	await expect(box).toHaveValue('???');
	await expect(box).toBeFocused();
	expect(new URL(page.url()).search).toBe('');
	await expect(page.getByRole('button', { name: 'Join', exact: true })).not.toHaveAttribute(
		'aria-busy',
	);
});

test('PAGE-1: New room leads into a room without waiting for scripts', async ({ page }) => {
	const { letScriptsCome } = await opened(page, '/');
	await page.getByRole('button', { name: 'New room' }).click();
	await expect(page).toHaveURL(/\/room\/[0-9a-z]{26}$/);
	letScriptsCome();
});

test('PAGE-1: presses are done in their order, each once however often one pressed', async ({
	page,
}) => {
	const { letScriptsCome } = await opened(page, '/login');
	const password = page.getByRole('textbox', { name: 'Password', exact: true });
	await page.getByRole('textbox', { name: 'Username' }).fill('nobody-of-this-name');
	await password.fill('not the word');
	// Shown once, not shown and hidden again.
	await page.getByRole('button', { name: 'Show password' }).dblclick();
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	letScriptsCome();
	await expect(password).toHaveAttribute('aria-invalid', 'true');
	await expect(password).toHaveAttribute('type', 'text');
	await expect(password).toHaveValue('not the word');
	expect(new URL(page.url()).search).toBe('');
});

test('PAGE-1: what has gone by the time the page listens is not pressed', async ({ page }) => {
	const { letScriptsCome } = await opened(page, '/login');
	await page.getByRole('textbox', { name: 'Username' }).fill('ada');
	// The first press takes the second one's button away.
	await page.getByRole('button', { name: 'Create account' }).click();
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	letScriptsCome();
	await expect(page.getByRole('button', { name: 'I already have an account' })).toBeVisible();
	await expect(page.getByRole('textbox', { name: 'Username' })).toHaveValue('ada');
	await expect(page.getByRole('alert')).toHaveCount(0);
});

test('PAGE-1: in the lobby Join leads into the call, however early it is pressed', async ({
	person,
	roomId,
}) => {
	const ana = await person('Ana');
	await openedSlowly(ana.page, `/room/${roomId}`);
	await ana.page.getByRole('textbox', { name: 'Your name' }).fill('Ana');
	await ana.page.getByRole('button', { name: 'Join', exact: true }).click({ force: true });
	await expect(ana.tile('Ana (you)')).toBeVisible({ timeout: 30_000 });
});

test('B-15, PAGE-1: what is ticked for strangers counts, and Start waits for the connection', async ({
	person,
}) => {
	const ana = await person('Ana');
	await ana.page.routeWebSocket(/\/socket\.io\//, async (socket) => {
		await new Promise((resolve) => setTimeout(resolve, late));
		socket.connectToServer();
	});
	await openedSlowly(ana.page, '/next');
	await ana.page.getByRole('radio', { name: 'Text only' }).check();
	await ana.page.getByRole('checkbox', { name: /rules/ }).check();
	const start = ana.page.getByRole('button', { name: 'Start' });
	await start.click({ force: true });
	await expect(start).toHaveAttribute('aria-busy', 'true');
	await expect(ana.page.getByRole('button', { name: 'Stop' })).toBeVisible();
});

test('B-15: what is chosen and typed before the page listens stays, and counts', async ({
	page,
}) => {
	const { letScriptsCome } = await opened(page, '/settings');
	const name = page.getByRole('textbox', { name: 'Name', exact: true });
	const days = page.locator('select', { has: page.locator('option[value="365"]') });
	await name.fill('Nightly script');
	await days.selectOption('7');
	await page.getByRole('combobox', { name: 'Language' }).selectOption('de');
	letScriptsCome();
	await expect(page.locator('html')).toHaveAttribute('lang', 'de');
	await expect(page.getByRole('combobox', { name: 'Sprache' })).toHaveValue('de');
	await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue(
		'Nightly script',
	);
	await expect(days).toHaveValue('7');
});
