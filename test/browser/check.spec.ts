import type { Page } from 'playwright/test';
import { expectAccessibleEverywhere } from '../support/axe.ts';
import { expect, mediaPort, test } from '../support/browser.ts';
import { startService } from '../support/service.ts';

const line = (page: Page, label: string) => page.getByRole('listitem').filter({ hasText: label });
const says = (page: Page, verdict: string) =>
	expect(page.getByRole('status').filter({ hasText: verdict })).toBeVisible({ timeout: 60_000 });

const works = 'Calls work on this device and network.';

/** Tells the browser ports that nobody listens on, instead of this one over these protocols. */
function blockMedia({ port, protocols }: { port: number; protocols: string[] }): void {
	const Native = window.RTCPeerConnection;
	const { setRemoteDescription } = Native.prototype;
	Native.prototype.setRemoteDescription = function (description: RTCSessionDescriptionInit) {
		const lines = (description.sdp ?? '').split('\n');
		const blocked = lines.map((one) =>
			protocols.some((protocol) => one.includes(` ${protocol} `))
				? one.replace(` ${port} typ`, ' 9 typ')
				: one,
		);
		const changed = { ...description, sdp: blocked.join('\n') };
		return Reflect.apply(setRemoteDescription, this, [changed]);
	};
}

test('the check tries the connection and each way of media, then the devices when it is asked to', async ({
	person,
}) => {
	const { page, context } = await person('Ana');
	await page.goto('/check');
	await says(page, works);
	for (const label of ['Browser', 'Connection to the server', 'over UDP', 'over TCP', 'Clock'])
		await expect(line(page, label)).toContainText('Works');
	await expect(line(page, 'TURN')).toContainText('this server offers you no relay');
	await expect(line(page, 'Quality')).toContainText('Round trip');
	// No device is opened before it is asked for.
	expect(await page.evaluate(() => window.deviceTracks.size)).toBe(0);

	await test.step('devices, by the keyboard', async () => {
		await page.getByRole('button', { name: 'Test camera and microphone' }).press('Enter');
		await expect(line(page, 'Camera')).toContainText('Works');
		await expect(line(page, 'Microphone')).toContainText('Works');
		await page.getByRole('button', { name: 'Play a sound' }).press('Enter');
		await line(page, 'Speaker').getByRole('button', { name: 'No' }).press('Enter');
		await expect(line(page, 'Speaker')).toContainText('Turn up the volume');
	});
	await expectAccessibleEverywhere(page, 'the check');

	await test.step('the result as a text, also where the browser refuses to copy', async () => {
		await context.grantPermissions(['clipboard-read', 'clipboard-write']);
		await page.getByRole('button', { name: 'Copy result' }).click();
		await expect(page.getByText('Copied.')).toBeVisible();
		const text = await page.evaluate(() => navigator.clipboard.readText());
		expect(text).toContain('Audio and video over UDP: Works\n');
		expect(text).toContain("Speaker: You didn't hear the sound. – Turn up the volume");
		await page.evaluate(() => {
			navigator.clipboard.writeText = () =>
				Promise.reject(new DOMException('no', 'NotAllowedError'));
			document.execCommand = () => false;
		});
		await page.getByRole('button', { name: 'Copy result' }).click();
		await expect(page.getByRole('textbox', { name: 'Result' })).toHaveValue(
			/Audio and video over UDP: Works\n/,
		);
	});

	await test.step('after a reload it begins anew', async () => {
		await page.reload();
		await expect(line(page, 'Camera')).toContainText('Not tried yet');
		await says(page, works);
	});
});

test('where UDP is blocked, the check says so, and that TCP works', async ({ person, roomId }) => {
	const { page } = await person('Ana');
	await page.addInitScript(blockMedia, { port: mediaPort, protocols: ['udp'] });
	await page.goto(`/check?room=${roomId}`);
	await says(page, works);
	await expect(line(page, 'over UDP')).toContainText(
		`Nothing came back from 127.0.0.1:${mediaPort}.`,
	);
	await expect(line(page, 'over UDP')).toContainText('Calls take another route');
	await expect(line(page, 'over TCP')).toContainText('Works');
	await expect(line(page, 'Quality')).toContainText('Round trip');
});

test('the lobby leads to the check where media is blocked', async ({ person, roomId }) => {
	const { page, context } = await person('Ana');
	const blocked = { port: mediaPort, protocols: ['udp', 'tcp'] };
	await context.addInitScript(blockMedia, blocked);
	await page.goto(`/room/${roomId}`);
	const opened = context.waitForEvent('page');
	await page.getByRole('link', { name: 'Check my connection' }).click();
	const check = await opened;
	await says(check, "Calls don't work here yet.");
	await expect(line(check, 'over TCP')).toContainText('Try another network');
	await expect(line(check, 'Quality')).toContainText('no audio or video came through');
});

test('a connection that is lost in the middle ends the check, which can be repeated', async ({
	person,
}) => {
	const { page, context } = await person('Ana');
	await page.goto('/check');
	await expect(line(page, 'over UDP')).toContainText('Works');
	await expect(line(page, 'Quality')).toContainText('Checking');
	await context.setOffline(true);
	await page.evaluate(() => window.dispatchEvent(new Event('online')));
	await says(page, "Calls don't work here yet.");
	await expect(line(page, 'Connection to the server')).toContainText('Lost connection');
	await expect(line(page, 'over TCP')).toContainText('there was no connection');
	await context.setOffline(false);
	await page.getByRole('button', { name: 'Check again' }).click();
	await says(page, works);
});

test('a server that asks for accounts is not tried without one', async ({ person }) => {
	const service = await startService({ accounts: { required: 'rooms' } });
	try {
		const { page } = await person('Ana', { baseURL: service.url });
		await page.goto('/check');
		await says(page, "couldn't find out whether calls work here");
		await expect(line(page, 'Connection to the server')).toContainText('Works');
		await expect(line(page, 'over UDP')).toContainText(/Not tried.*Sign in/s);
	} finally {
		await service.close();
	}
});
