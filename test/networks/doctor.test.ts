import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configOnLoopback, Coturn, documentedConfig, settingOf } from '../support/coturn.ts';
import { diagnose, found } from '../support/doctorCommand.ts';
import { freePort } from '../support/ports.ts';
import { serviceFolder, settingsOnLoopback } from '../support/serviceProcess.ts';

const secret = settingOf(documentedConfig(), 'static-auth-secret');
let coturn: Coturn;
let [port, tlsPort] = [0, 0];
beforeAll(async () => {
	[port, tlsPort] = [await freePort(), await freePort()];
	coturn = await Coturn.start(configOnLoopback(port, tlsPort));
});
const folder = serviceFolder();
afterAll(async () => {
	await coturn?.close();
	rmSync(folder, { recursive: true, force: true });
});

/** What the doctor finds out about these TURN servers. */
async function aboutTurn(urls: string[], knows: string, announced = '203.0.113.5') {
	const diagnosis = await diagnose({
		...(await settingsOnLoopback()),
		PARLEY_DATA_DIR: folder,
		PARLEY_MEDIA_ANNOUNCEDADDRESS: announced,
		PARLEY_MEDIA_TURN_URLS: urls.join(','),
		PARLEY_MEDIA_TURN_SECRET: knows,
	});
	return found(diagnosis, 'TURN');
}

test('the doctor takes a relay of Debian’s coturn by UDP and TCP', async () => {
	const urls = [`turn:127.0.0.1:${port}`, `turn:127.0.0.1:${port}?transport=tcp`];
	expect(await aboutTurn(urls, secret)).toEqual(
		urls.map((url) => ({
			check: 'TURN',
			state: 'ok',
			seen: `${url}: gave a relay, and relays to the media addresses.`,
			fix: '',
		})),
	);
});

test('the doctor names a wrong secret', async () => {
	const [wrong] = await aboutTurn([`turn:127.0.0.1:${port}`], 'another secret');
	expect(wrong).toMatchObject({ state: 'failed' });
	expect(wrong?.seen).toContain('the secret is wrong');
	expect(wrong?.fix).toContain('media.turn.secret');
});

test('the doctor names a media address to which the relay may not send', async () => {
	const [denied] = await aboutTurn([`turn:127.0.0.1:${port}`], secret, '203.0.113.77');
	expect(denied?.seen).toContain('relaying to 203.0.113.77 is not allowed');
	expect(denied?.fix).toContain('allowed-peer-ip');
});

test('the doctor names a certificate of the relay that browsers do not trust', async () => {
	const [untrusted] = await aboutTurn([`turns:localhost:${tlsPort}?transport=tcp`], secret);
	expect(untrusted).toMatchObject({ state: 'failed' });
	expect(untrusted?.seen).toContain('certificate');
});
