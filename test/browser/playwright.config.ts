import { defineConfig } from 'playwright/test';
import {
	launchOptions,
	plainCamera,
	services,
	serviceUrl,
	serviceWorkers,
	testsAtOnce,
	type Camera,
} from '../support/browser.ts';
import { desktop } from '../support/views.ts';
import { metricsToken } from '../support/figure.ts';

/** Tests that look at pictures and listen to voices: how many of them come depends on what else the machine does. */
const media = [
	'codec',
	'connectionQuality',
	'dataSaving',
	'joining',
	'loadProbe',
	'match',
	'microphoneFailures',
	'noiseSuppression',
	'pictureInPicture',
	'room',
	'screenShare',
	'speaking',
	'statistics',
	'videoSubscriptions',
].map((name) => `**/${name}.spec.ts`);
const report = process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'];

export default defineConfig<{ delivered: Camera }>({
	testDir: '.',
	outputDir: '../../test-results',
	// Four pages with media are what two cores carry: one test of media at a time, and two of pages beside it, or three
	// when no media is left.
	workers: testsAtOnce,
	projects: [
		{ name: 'media', testMatch: media, workers: 1 },
		{
			name: 'pages',
			testMatch: '*.spec.ts',
			testIgnore: media,
			workers: testsAtOnce,
			use: { delivered: plainCamera },
		},
	],
	// A test that passes only at the second attempt has a fault.
	retries: 0,
	// Only what hangs fails by time: a slow machine is no fault.
	timeout: 180_000,
	expect: { timeout: 30_000 },
	reporter: [['list'], ...(report ? ([['json', { outputFile: report }]] as const) : [])],
	use: {
		baseURL: serviceUrl,
		browserName: 'chromium',
		actionTimeout: 30_000,
		launchOptions,
		viewport: desktop,
		contextOptions: { reducedMotion: 'reduce' },
		serviceWorkers,
		screenshot: 'only-on-failure',
	},
	// For each worker the real service, built pages and all, in a process of its own.
	webServer: services.map(({ httpPort, mediaPort, dataDir }) => ({
		command: 'node ../../sfu/main.ts',
		cwd: import.meta.dirname,
		url: `http://127.0.0.1:${httpPort}/readyz`,
		reuseExistingServer: false,
		env: {
			PARLEY_HTTP_PORT: String(httpPort),
			PARLEY_HTTP_ADDRESS: '127.0.0.1',
			PARLEY_MEDIA_PORT: String(mediaPort),
			PARLEY_MEDIA_WORKERS: '1',
			PARLEY_MEDIA_LISTENADDRESS: '127.0.0.1',
			PARLEY_ROOMS_GRACESECONDS: '10',
			// Longer than axe looks at a page on a busy machine; what a ring ends by itself has a service of its own.
			PARLEY_CALLS_RINGSECONDS: '60',
			PARLEY_DATA_DIR: dataDir,
			PARLEY_LOG_LEVEL: 'warn',
			PARLEY_METRICS_TOKEN: metricsToken,
		},
	})),
});
