import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { expect, Person, test } from '../support/browser.ts';
import { serviceFolder, startServiceProcess } from '../support/serviceProcess.ts';

const secret = 'a secret of the tests, which is long enough';

function tokenFor(
	roomId: string,
	name: string,
	more: Record<string, unknown> = {},
): Promise<string> {
	return new SignJWT({ room: roomId, name, sub: name, jti: crypto.randomUUID(), ...more })
		.setProtectedHeader({ alg: 'HS256' })
		.setExpirationTime('5m')
		.sign(new TextEncoder().encode(secret));
}

test('ACCOUNT-9: a site shows a call within its page, and sends people in', async ({
	browser,
	roomId,
}) => {
	const answer: RequestListener = (request, response) => {
		const frame = new URL(request.url ?? '/', 'http://site').searchParams.get('frame') ?? '';
		response.setHeader('content-type', 'text/html');
		response.end(
			`<title>A site</title><iframe title="Call" allow="camera; microphone; display-capture" src="${frame.replaceAll('&', '&amp;')}" width="1200" height="700"></iframe>`,
		);
	};
	const [site, foreign] = [createServer(answer), createServer(answer)];
	const [port, foreignPort] = [await listening(site), await listening(foreign)];
	const service = await startServiceProcess(serviceFolder(), {
		PARLEY_EMBED_SECRET: secret,
		PARLEY_EMBED_FRAMEANCESTORS: JSON.stringify([
			`http://127.0.0.1:${port}`,
			`http://localhost:${port}`,
		]),
	});
	const { page, close } = await opened(browser, service.url);
	const frameOf = async (host: string, token: string) => {
		const frame = `${service.url}/room/${roomId}?embed=1&token=${token}`;
		await page.goto(`http://${host}:${port}/?frame=${encodeURIComponent(frame)}`);
		return page.frameLocator('iframe');
	};
	const token = await tokenFor(roomId, 'Ada', { host: true });
	const call = await frameOf('127.0.0.1', token);
	await expect(call.getByRole('textbox', { name: 'Your name' })).toHaveValue('Ada');
	await expect(call.getByRole('link')).toHaveCount(0);
	await expect(call.getByRole('button', { name: /link/i })).toHaveCount(0);
	const frame = page.frames().find((one) => one.url().includes('/room/'));
	expect(frame?.url()).toBe(`${service.url}/room/${roomId}?embed=1&visit=`);
	await call.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(call.getByRole('toolbar', { name: 'Call controls' })).toBeVisible();
	await expect(call.getByRole('link')).toHaveCount(0);
	await expect(call.getByRole('button', { name: /link/i })).toHaveCount(0);
	await call.getByRole('button', { name: 'Leave' }).click();
	await expect(call.getByRole('button', { name: 'Join again' })).toBeVisible();
	await expect(call.getByRole('link')).toHaveCount(0);

	// The same token again lets nobody in but those whom it let in before.
	const again = await frameOf('127.0.0.1', token);
	await expect(again.getByRole('button', { name: 'Join', exact: true })).toBeVisible();
	const thief = await opened(browser, service.url);
	await thief.page.goto(`${service.url}/room/${roomId}?token=${token}`);
	await expect(thief.page.getByRole('alert')).toContainText('already been used');
	await thief.close();

	// Nobody else shows rooms in their pages, and nobody another page of ours.
	for (const [at, path] of [
		[foreignPort, `/room/${roomId}?embed=1`],
		[port, '/login?embed=1'],
		[port, '/settings'],
	] as const) {
		const refused = encodeURIComponent(`${service.url}${path}`);
		const blocked = page.waitForEvent('console', (said) => said.text().includes('frame-ancestors'));
		await page.goto(`http://127.0.0.1:${at}/?frame=${refused}`);
		await blocked;
		await expect(page.frameLocator('iframe').getByRole('textbox')).toHaveCount(0);
	}

	// Another site's frame over plain HTTP keeps no cookie.
	const other = await frameOf('localhost', await tokenFor(roomId, 'Grace'));
	await expect(other.getByRole('alert')).toContainText('needs HTTPS');

	// In a tab of its own; elsewhere one is who one was before, and is called so.
	await page.goto(`${service.url}/login`);
	await page.evaluate(() => localStorage.setItem('parley:preferences', '{"name":"Own Name"}'));
	await page.goto(`${service.url}/room/${roomId}?token=${await tokenFor(roomId, 'Grace')}`);
	await expect(page.getByRole('textbox', { name: 'Your name' })).toHaveValue('Grace');
	expect(page.url()).toBe(`${service.url}/room/${roomId}?visit=`);
	const whoIsThis = () =>
		page.evaluate(async () => (await (await fetch('/api/session')).json()).data);
	expect((await whoIsThis()).roomId).toBe(roomId);
	await page.getByRole('link', { name: 'Parley, home' }).click();
	await expect(page.getByRole('heading', { name: 'Talk face to face.' })).toBeVisible();
	expect((await whoIsThis()).roomId).toBeNull();
	expect(await page.evaluate(() => localStorage.getItem('parley:preferences'))).toContain(
		'Own Name',
	);
	await close();
	await service.close();
	site.close();
	foreign.close();
});

test('B-30, ACCOUNT-9: a visit sends a file while another tab shows a page of the service', async ({
	browser,
	roomId,
}) => {
	const service = await startServiceProcess(serviceFolder(), { PARLEY_EMBED_SECRET: secret });
	const { page, close } = await opened(browser, service.url);
	const token = await tokenFor(roomId, 'Grace');
	await page.goto(`${service.url}/room/${roomId}?token=${token}`);
	await expect(page.getByRole('textbox', { name: 'Your name' })).toHaveValue('Grace');
	const other = await page.context().newPage();
	await other.goto(`${service.url}/settings`);
	await expect(other.getByRole('heading', { name: 'Settings' }).first()).toBeVisible();

	// On to the chat of the room, and a reload there.
	await page.getByRole('link', { name: /^Chat/ }).click();
	await expect(page).toHaveURL(`${service.url}/room/${roomId}/chat?visit=`);
	await page.reload();
	await page.getByRole('textbox', { name: 'Message' }).fill('with a file');
	await page
		.locator('input[type=file]')
		.setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('contents') });
	const send = page.getByRole('button', { name: 'Send', exact: true });
	await expect(send).toBeEnabled();
	await send.click();
	const link = page.getByRole('log', { name: 'Messages' }).getByRole('link', { name: /a\.txt/ });
	await expect(link).toBeVisible();
	const download = page.waitForEvent('download');
	await link.click();
	expect((await download).suggestedFilename()).toBe('a.txt');
	const whoIs = (tab: typeof page) =>
		tab.evaluate(async () => (await (await fetch('/api/session')).json()).data.roomId);
	expect(await Promise.all([whoIs(page), whoIs(other)])).toEqual([roomId, null]);
	await close();
	await service.close();
});

test('B-32: an embedded call stays embedded when its address is corrected and it is reloaded by hand', async ({
	page,
}) => {
	// Mail programs and people spell the address otherwise; the page corrects it.
	await page.goto('/Room/STANDUP.?embed=1');
	const name = page.getByRole('textbox', { name: 'Your name' });
	await expect(name).toBeVisible();
	await expect(page).toHaveURL(/\/room\/standup\?embed=1$/);
	await expect(page.getByRole('link')).toHaveCount(0);
	await page.reload();
	await expect(name).toBeVisible();
	await expect(page).toHaveURL(/\/room\/standup\?embed=1$/);
	await expect(page.getByRole('link')).toHaveCount(0);
});

/** @returns the port that it listens on. */
async function listening(server: Server): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
}

/** A window for a service of one's own. */
async function opened(browser: Parameters<typeof Person.open>[0], baseURL: string) {
	const { page, context } = await Person.open(browser, 'Somebody', { baseURL });
	return { page, close: () => context.close() };
}
