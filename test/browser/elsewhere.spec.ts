import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import type { Page } from 'playwright/test';
import { expect, Person, test } from '../support/browser.ts';
import { freshName } from '../support/account.ts';
import { startProvider } from '../support/identityProvider.ts';
import { freePort } from '../support/ports.ts';
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

test('R75: to the identity provider and back', async ({ browser, roomId }) => {
	const [port, own] = [await freePort(), await freePort()];
	const url = `http://127.0.0.1:${own}`;
	const provider = await startProvider(port, [url]);
	const service = await startServiceProcess(serviceFolder(), {
		PARLEY_HTTP_PORT: String(own),
		PARLEY_OIDC_ISSUER: provider.issuer,
		PARLEY_OIDC_CLIENTID: provider.clientId,
		PARLEY_OIDC_CLIENTSECRET: provider.clientSecret,
		PARLEY_OIDC_NAME: 'Elsewhere',
	});
	const { page, close } = await opened(browser, url);
	const login = freshName('ada');
	const goThere = async (from: Page, as = login, told = `Signed in as ${login}`) => {
		await from.getByRole('link', { name: 'Sign in with Elsewhere' }).click();
		await from.getByPlaceholder('Enter any login').fill(as);
		await from.getByPlaceholder('and password').fill('any');
		await from.getByRole('button', { name: 'Sign-in' }).click();
		await from.getByRole('button', { name: 'Continue' }).click();
		await expect(from.getByRole('main').getByText(told)).toBeVisible();
	};
	await page.goto('/login?next=/settings');
	await goThere(page);
	await expect(page.getByRole('heading', { name: 'Set a password' })).toBeVisible();
	// What the account is called is known in this browser by that.
	await page.goto('/people');
	await expect(page.getByRole('heading', { name: 'People', level: 1 })).toBeVisible();
	// What was seen once leads nowhere again.
	await page.goto('/api/account/oidc/callback?code=x&state=y');
	await expect(page.getByRole('heading', { name: 'You are signed in' })).toBeVisible();
	await expect(page.getByRole('alert')).toHaveCount(0);
	await page.getByRole('button', { name: 'Sign out' }).click();
	await expect(page.getByRole('link', { name: 'Sign in with Elsewhere' })).toBeVisible();
	await page.goto('/api/account/oidc/callback?code=x&state=y');
	await expect(page.getByRole('alert')).toContainText('took too long, or was completed already');
	await close();

	// Another browser, in which they have been a guest: that comes along.
	const second = await opened(browser, url);
	await second.page.goto(`/room/${roomId}/chat`);
	await second.page.getByRole('textbox', { name: 'Your name' }).fill('Ada');
	await second.page.getByRole('button', { name: /Join|Open/ }).click();
	await expect(second.page.getByRole('textbox', { name: 'Message' })).toBeVisible();
	await second.page.goto('/login?next=/settings');
	await expect(second.page.getByRole('switch', { name: /Bring them along/ })).toBeChecked();
	await goThere(second.page);
	await second.page.goto('/');
	await expect(second.page.locator(`a[href$="${roomId}"]`)).toBeVisible();
	await second.close();

	// Of whom the provider tells no name, none is made up, and no mark of theirs is shown for one.
	const third = await opened(browser, url);
	await third.page.goto('/login?next=/settings');
	await goThere(third.page, 'nameless', 'You are signed in.');
	const { data } = (await (await third.page.request.get('/api/session')).json()) as {
		data: { personId: string };
	};
	await expect(third.page.getByRole('main')).not.toContainText(data.personId);
	await expect(third.page.getByRole('link', { name: 'Signed in', exact: true })).toBeVisible();
	await third.close();
	await service.close();
	await provider.close();
});

test('R78: a site shows a call within its page, and sends people in', async ({
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
	expect(frame?.url()).toBe(`${service.url}/room/${roomId}?embed=1`);
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
	await expect(thief.page.getByRole('alert')).toContainText('used already');
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
	expect(page.url()).toBe(`${service.url}/room/${roomId}`);
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
