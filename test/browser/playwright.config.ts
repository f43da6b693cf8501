import { defineConfig } from 'playwright/test';
import { dataDir, launchOptions, mediaPort, serviceUrl } from '../support/browser.ts';

const { port } = new URL(serviceUrl);

/** Tests that wait more than they work, with pages that have next to no media. */
const light = ['accounts', 'admin', 'early', 'elsewhere', 'pages', 'unreachable', 'upload'].map(
	(name) => `**/${name}.spec.ts`,
);

export default defineConfig({
	testDir: '.',
	outputDir: '../../test-results',
	// Four pages with media are what two cores carry: one such test at a time, and a light one beside it.
	workers: 2,
	projects: [
		{ name: 'media', testMatch: '*.spec.ts', testIgnore: light, workers: 1 },
		{ name: 'light', testMatch: light, workers: 1 },
	],
	// A machine that stalls for seconds is no fault of the code: what passes only then is reported as flaky.
	retries: process.env['CI'] ? 1 : 0,
	timeout: 90_000,
	expect: { timeout: 15_000 },
	reporter: 'list',
	use: {
		baseURL: serviceUrl,
		browserName: 'chromium',
		launchOptions,
		viewport: { width: 1280, height: 800 },
		screenshot: 'only-on-failure',
	},
	// The real service, built pages and all, in a process of its own.
	webServer: {
		command: 'node ../../sfu/main.ts',
		cwd: import.meta.dirname,
		url: `${serviceUrl}/readyz`,
		reuseExistingServer: false,
		env: {
			PARLEY_HTTP_PORT: port,
			PARLEY_HTTP_ADDRESS: '127.0.0.1',
			PARLEY_MEDIA_PORT: String(mediaPort),
			PARLEY_MEDIA_WORKERS: '1',
			PARLEY_MEDIA_LISTENADDRESS: '127.0.0.1',
			PARLEY_ROOMS_GRACESECONDS: '10',
			PARLEY_CALLS_RINGSECONDS: '15',
			PARLEY_DATA_DIR: dataDir,
			PARLEY_LOG_LEVEL: 'warn',
		},
	},
});
