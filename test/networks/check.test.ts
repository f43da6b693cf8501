import { afterAll, beforeAll, expect, test } from 'vitest';
import { configOnLoopback, Coturn, documentedConfig, settingOf } from '../support/coturn.ts';
import { freePort } from '../support/ports.ts';
import { withBrowsers } from '../load/withBrowsers.ts';

const secret = settingOf(documentedConfig(), 'static-auth-secret');
let coturn: Coturn;
let port = 0;
beforeAll(async () => {
	port = await freePort();
	// The service of this test is on loopback, to which a relay sends nothing unless it is told to.
	const config = configOnLoopback(port, await freePort())
		.replace(/^allowed-peer-ip=[\d.]+$/m, 'allowed-peer-ip=127.0.0.1')
		.concat('\nallow-loopback-peers\n');
	coturn = await Coturn.start(config);
});
afterAll(() => coturn?.close());

/** What /check says in a browser of each way of media, and at its end, when the service knows this secret. */
async function check(knows: string): Promise<Record<'udp' | 'tcp' | 'turn' | 'verdict', string>> {
	const said = { udp: '', tcp: '', turn: '', verdict: '' };
	const environment = {
		PARLEY_MEDIA_TURN_URLS: `turn:127.0.0.1:${port}`,
		PARLEY_MEDIA_TURN_SECRET: knows,
	};
	const measure: Parameters<typeof withBrowsers>[1] = async (service, browser) => {
		const page = await browser.newPage();
		await page.goto(`${service.url}/check`);
		const verdict = page.getByRole('status').filter({ hasText: /^Calls / });
		await verdict.waitFor({ timeout: 120_000 });
		const line = (label: string) =>
			page.getByRole('listitem').filter({ hasText: label }).innerText();
		said.udp = await line('over UDP');
		said.tcp = await line('over TCP');
		said.turn = await line('TURN');
		said.verdict = await verdict.innerText();
	};
	await withBrowsers(1, measure, undefined, environment);
	return said;
}

test('MEDIA-18: /check finds its way through Debian’s coturn', { timeout: 180_000 }, async () => {
	expect((await check(secret)).turn).toContain('Works');
});

test(
	'MEDIA-18: with a wrong TURN secret /check says that the relay does not work, and the other ways do',
	{ timeout: 180_000 },
	async () => {
		const { udp, tcp, turn, verdict } = await check('another secret');
		expect(turn).toContain('Nothing came back.');
		expect(turn).toContain('Calls take another route');
		expect(udp).toContain('Works');
		expect(tcp).toContain('Works');
		expect(verdict).toBe('Calls work on this device and network.');
	},
);
