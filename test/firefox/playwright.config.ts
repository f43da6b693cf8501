import { defineConfig } from 'playwright/test';
import config from '../browser/playwright.config.ts';
import { ownAddress } from '../support/firefox.ts';

if (!ownAddress)
	throw new Error(
		'Firefox sends no media to the loopback interface, and this machine has no other.',
	);
const [service] = [config.webServer ?? []].flat();
if (!service) throw new Error('the tests in Chromium have no service');

/** As the tests in Chromium, of which some windows are open here too; one test at a time. */
export default defineConfig({
	...config,
	workers: 1,
	projects: [{ name: 'firefox' }],
	webServer: {
		...service,
		env: { ...service.env, PARLEY_MEDIA_LISTENADDRESS: ownAddress },
	},
});
