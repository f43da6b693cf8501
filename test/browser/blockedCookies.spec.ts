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
				const notice = page
					.getByRole('alert')
					.filter({ hasText: 'Cookies are blocked here' })
					.first();
				await expect(notice).toContainText('Allow cookies for this site');
			});
	} finally {
		await context.close();
		rmSync(profile, { recursive: true, force: true });
	}
});
