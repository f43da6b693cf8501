import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { expect, launchOptions, serviceUrl, test } from '../support/browser.ts';

test('B-25: where cookies are blocked, pages say so and what to do, before Join', async () => {
	const profile = mkdtempSync(join(tmpdir(), 'parley-cookies-'));
	mkdirSync(join(profile, 'Default'));
	const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
	writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify(blocked));
	const context = await chromium.launchPersistentContext(profile, launchOptions);
	try {
		const page = await context.newPage();
		for (const path of ['/room/standup', '/people', '/room/standup/chat', '/next'])
			await test.step(path, async () => {
				await page.goto(serviceUrl + path);
				const notice = page.getByRole('alert').filter({ hasText: 'Cookies are blocked here' });
				await expect(notice).toContainText('Allow cookies for this site');
			});
	} finally {
		await context.close();
		rmSync(profile, { recursive: true, force: true });
	}
});

test('B-25: where only the server notices that cookies get lost, the lobby says so', async ({
	page,
}) => {
	await page.route('**/api/**', async (route) => {
		const response = await route.fetch();
		const { 'set-cookie': _lost, ...headers } = response.headers();
		await route.fulfill({ response, headers });
	});
	await page.goto('/room/standup');
	await expect(page.getByRole('heading', { name: 'Cookies are blocked here' })).toBeVisible();
	await expect(page.getByRole('alert')).toContainText('Allow cookies for this site');
});
