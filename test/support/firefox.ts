import { networkInterfaces } from 'node:os';
import { firefox, type Browser } from 'playwright/test';
import { test as base, type Person } from './browser.ts';

/**
 * An address of this machine on which the service takes media: Firefox sends none to the loopback interface, and a call
 * between programs of one machine leaves it all the same by none. Undefined where the machine has no network.
 */
export const ownAddress = Object.values(networkInterfaces())
	.flatMap((addresses) => addresses ?? [])
	.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** Devices without hardware, no questions, and sound without a click. */
const preferences = {
	'media.navigator.streams.fake': true,
	'media.navigator.permission.disabled': true,
	'media.autoplay.default': 0,
	'ui.prefersReducedMotion': 1,
};

/** What Playwright keeps behind a browser, as far as it is needed here. */
type Behind = {
	_connection: {
		toImpl(browser: Browser): {
			_browserSession: { send(method: string, params: unknown): Promise<unknown> };
		};
	};
};

/**
 * Starts Firefox. Playwright speaks WebDriver BiDi with it and sets the colours of each window by a command that
 * Debian's Firefox does not know, which is left out here.
 */
async function launchFirefox(): Promise<Browser> {
	const executablePath = process.env['PARLEY_FIREFOX'] ?? '/usr/bin/firefox-esr';
	const channel = 'moz-firefox';
	const browser = await firefox.launch({ channel, executablePath, firefoxUserPrefs: preferences });
	const session = (browser as Browser & Behind)._connection.toImpl(browser)._browserSession;
	const send = session.send.bind(session);
	session.send = (method, params) =>
		method === 'emulation.setMediaFeaturesOverride' ? Promise.resolve({}) : send(method, params);
	return browser;
}

type Fixtures = {
	/** Opens a window in Firefox for somebody new; the other windows are of Chromium. */
	inFirefox: (name: string) => Promise<Person>;
};

export const test = base.extend<Fixtures, { firefoxBrowser: Browser }>({
	firefoxBrowser: [
		// eslint-disable-next-line no-empty-pattern -- the runner reads the names of the fixtures from here
		async ({}, use) => {
			const browser = await launchFirefox();
			await use(browser);
			await browser.close();
		},
		{ scope: 'worker' },
	],
	inFirefox: async ({ firefoxBrowser, person }, use) => {
		await use((name) => person(name, { browser: firefoxBrowser }));
	},
});
