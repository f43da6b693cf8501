import { defineConfig, type PlaywrightTestConfig } from 'playwright/test';
import {
	launchOptions,
	nodeCount,
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
	'encryption',
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

/**
 * What does not run over several nodes, and why. The patterns are looked for in the name of the file and of the test. A
 * test that starts a service of its own by `startService` has that on nodes, too.
 */
const aboutOneProcess: [pattern: RegExp, why: string][] = [
	[/nodes\.spec/, 'has nodes of its own, also in `npm test`'],
	[/callReconnecting\.spec/, 'ends the one process of the service and starts it again'],
	[/MATCH-14/, 'ends the one process of the service and starts it again'],
	[/the landing page says that its server is gone/, 'ends the one process and starts it again'],
	[/ROOM-8: a media worker that dies/, 'ends the media workers of the process that it looks into'],
	[/an administrator has the server checked/, 'compares with the media port of one process'],
	[/check\.spec.*(?:UDP is blocked|the lobby leads)/, 'knows the one media port'],
	[/a media path that is blocked is said before Join/, 'knows the one media port'],
	[/a history of 5000/, 'writes into the SQLite file of the one process'],
	[/statistics\.spec/, 'compares with the metrics of the one process'],
	[/a probe that does not get in/, 'starts one process with settings of its own'],
	[/codec\.spec/, 'starts one process with settings of its own'],
	[/embedding\.spec.*ACCOUNT-9/, 'starts one process with settings of its own'],
	[/identityProvider\.spec/, 'starts one process with settings of its own'],
	[/CALL-2, CALL-6/, 'starts one process with settings of its own'],
	[/300 people fit/, 'starts one process with settings of its own'],
];
/** The settings of each service, besides where it listens and what it keeps. */
const settings = {
	PARLEY_ROOMS_GRACESECONDS: '10',
	// Longer than axe looks at a page on a busy machine; what a ring ends by itself has a service of its own.
	PARLEY_CALLS_RINGSECONDS: '60',
	PARLEY_LOG_LEVEL: 'warn',
	PARLEY_METRICS_TOKEN: metricsToken,
};
type Server = Exclude<PlaywrightTestConfig['webServer'], undefined | unknown[]>;
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
	grepInvert: nodeCount > 1 ? aboutOneProcess.map(([pattern]) => pattern) : [],
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
	// For each worker the real service, built pages and all, in a process of its own, or in one for each node.
	webServer: services.map(({ httpPort, mediaPort, dataDir }): Server => ({
		cwd: import.meta.dirname,
		url: `http://127.0.0.1:${httpPort}/readyz`,
		reuseExistingServer: false,
		...(nodeCount > 1
			? {
					command: 'node ../support/nodesProcess.ts',
					env: { NODES_PORT: String(httpPort), NODES_SETTINGS: JSON.stringify(settings) },
					gracefulShutdown: { signal: 'SIGTERM' as const, timeout: 30_000 },
					// Redis, PostgreSQL and one node after the other.
					timeout: 180_000,
				}
			: {
					command: 'node ../../sfu/main.ts',
					env: {
						...settings,
						PARLEY_HTTP_PORT: String(httpPort),
						PARLEY_HTTP_ADDRESS: '127.0.0.1',
						PARLEY_MEDIA_PORT: String(mediaPort),
						PARLEY_MEDIA_WORKERS: '1',
						PARLEY_MEDIA_LISTENADDRESS: '127.0.0.1',
						PARLEY_DATA_DIR: dataDir,
					},
				}),
	})),
});
