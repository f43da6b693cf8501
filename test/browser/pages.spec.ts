import { expect, serviceUrl, test } from '../support/browser.ts';

test('from the landing page into a room in two clicks', async ({ person }) => {
	const ana = await person('Ana');
	await ana.page.goto('/');
	await ana.page.getByRole('button', { name: 'New room' }).click();
	await expect(ana.page).toHaveURL(/\/room\/[0-9a-z]{26}$/);
	await ana.page.getByRole('textbox', { name: 'Your name' }).fill('Ana');
	await ana.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(ana.tile('Ana (you)')).toBeVisible();
});

test('New room leads into one before the page has its scripts', async ({ browser }) => {
	const context = await browser.newContext({ javaScriptEnabled: false, baseURL: serviceUrl });
	const page = await context.newPage();
	await page.goto('/');
	await page.getByRole('button', { name: 'New room' }).click();
	await expect(page).toHaveURL(/\/room\/[0-9a-z]{26}$/);
	await context.close();
});

test('the box for a room takes codes and links, and explains what it does not take', async ({
	page,
}) => {
	for (const [written, path] of [
		['standup', '/room/standup'],
		['Team-Blue', '/room/team-blue'],
		[`${serviceUrl}/room/standup?x=1`, '/room/standup'],
	] as const)
		await test.step(`the box takes ${written.replace(serviceUrl, '')}`, async () => {
			await page.goto('/');
			await page.getByRole('textbox', { name: 'Room link or code' }).fill(written);
			await page.getByRole('button', { name: 'Join', exact: true }).click();
			await expect(page).toHaveURL(new RegExp(`${path}$`));
		});
	await test.step('the box explains what it does not take, and keeps it', async () => {
		await page.goto('/');
		const box = page.getByRole('textbox', { name: 'Room link or code' });
		for (const wrong of ['', 'x', '???', 'https://elsewhere.example/room/']) {
			await box.fill(wrong);
			await page.getByRole('button', { name: 'Join', exact: true }).click();
			await expect(box).toHaveAttribute('aria-invalid', 'true');
			await expect(box).toHaveValue(wrong);
			await expect(box).toBeFocused();
		}
	});
});

test('every address is answered by a page that leads on', async ({ page }) => {
	for (const path of [
		'/room/%3Cscript%3Ealert(1)%3C%2Fscript%3E',
		'/room/ab',
		'/room/a%20b',
		`/room/${'a'.repeat(80)}`,
	])
		await test.step(`${path.slice(0, 30)} is answered by a friendly page`, async () => {
			await page.goto(path);
			await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
			await expect(
				page
					.getByRole('link', { name: /home|start/i })
					.or(page.getByRole('button', { name: 'New room' }))
					.first(),
			).toBeVisible();
			await expect(page.getByRole('button', { name: 'Join', exact: true })).toHaveCount(0);
		});
	for (const path of ['/next', '/people', '/login', '/nowhere'])
		await test.step(`${path} says where one is and leads on`, async () => {
			await page.goto(path);
			await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
			await expect(page.getByRole('link').first()).toBeVisible();
		});
	await test.step('an address in capitals leads to the same room', async () => {
		await page.goto('/room/STANDUP');
		await expect(page).toHaveURL(/\/room\/standup$/);
	});
});

test('nothing is asked of any other server, and nothing is refused by the policy', async ({
	person,
	roomId,
}) => {
	const ana = await person('Ana');
	const requested = new Set<string>();
	const complaints: string[] = [];
	ana.page.on('request', (request) => requested.add(new URL(request.url()).host));
	ana.page.on(
		'console',
		(message) => message.type() === 'error' && complaints.push(message.text()),
	);
	ana.page.on('pageerror', (error) => complaints.push(error.message));
	await ana.page.goto('/');
	await ana.toLobby(roomId);
	await ana.join();
	await ana.controls.getByRole('button', { name: 'Leave' }).click();
	expect([...requested].filter((host) => host && host !== new URL(serviceUrl).host)).toEqual([]);
	expect(complaints).toEqual([]);
});

test('every answer carries the security headers, and no page has inline script', async ({
	request,
}) => {
	for (const path of ['/', '/room/standup', '/next', '/healthz']) {
		const response = await request.get(path);
		const headers = response.headers();
		expect(headers['content-security-policy']).toContain("script-src 'self' 'wasm-unsafe-eval';");
		expect(headers['x-content-type-options']).toBe('nosniff');
		expect(headers['referrer-policy']).toBe('same-origin');
		expect(await response.text()).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
	}
});

test('what is not there is answered as such', async ({ request }) => {
	const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
	const status = async (path: string, headers = { accept }) =>
		(await request.get(path, { headers })).status();
	expect(await status('/room/standup')).toBe(200);
	expect(await status('/next')).toBe(200);
	expect(await status('/nowhere')).toBe(404);
	expect(await status('/room/a/b')).toBe(404);
	expect(await status('/..%2f..%2fpackage.json')).toBe(404);
	const missing = await request.get('/nowhere', { headers: { accept: 'application/json' } });
	expect(await missing.json()).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
});

test('files with a hash are compressed and kept for ever, pages are asked for again', async ({
	request,
}) => {
	const page = await request.get('/room/standup');
	expect(page.headers()['cache-control']).toBe('private, no-cache');
	const script = /\/_app\/immutable\/[^"]+\.js/.exec(await page.text())?.[0] ?? '';
	const file = await request.get(script, { headers: { 'accept-encoding': 'br' } });
	expect(file.headers()['cache-control']).toContain('immutable');
	expect(file.headers()['content-encoding']).toBe('br');
	expect((await request.get('/_app/immutable/nothing.js')).status()).toBe(404);
});

declare global {
	interface Window {
		/** What was handed to the system's share sheet. */
		handedOn: ShareData[];
	}
}

test('the link is shared by a code for a phone, and by the system’s share sheet where there is one', async ({
	person,
	roomId,
}) => {
	const ana = await person('Ana');
	const dialog = ana.page.getByRole('dialog', { name: 'Share the link' });
	const another = dialog.getByRole('button', { name: 'Send with another app…' });
	await ana.page.goto(`/room/${roomId}`);
	await ana.page.getByRole('button', { name: 'Share…' }).click();
	await expect(dialog.getByRole('img', { name: 'QR code of the link' })).toBeVisible();
	await expect(another).toHaveCount(0);
	await ana.page.addInitScript(() => {
		window.handedOn = [];
		navigator.share = async (data) => void window.handedOn.push(data ?? {});
	});
	await ana.page.reload();
	await ana.page.getByRole('button', { name: 'Share…' }).click();
	await another.click();
	const [handed] = await ana.page.evaluate(() => window.handedOn);
	expect(handed?.url).toContain(`/room/${roomId}`);
});
