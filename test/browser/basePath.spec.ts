import { expect, Person, test } from '../support/browser.ts';
import { freshName, goodPassword } from '../support/account.ts';
import { openNext, pressStart } from '../support/matchPage.ts';
import { freePort } from '../support/ports.ts';
import { ReverseProxy } from '../support/reverseProxies.ts';
import { serviceFolder, startServiceProcess } from '../support/serviceProcess.ts';
import { TestCertificate } from '../support/testCertificate.ts';

test('below a path, behind nginx: a call, a chat with a file, a reload, a sign-in and a stranger', async ({
	browser,
	roomId,
}) => {
	const certificate = await TestCertificate.make();
	const ports = { http: await freePort(), https: await freePort(), service: await freePort() };
	const service = await startServiceProcess(serviceFolder(), {
		PARLEY_HTTP_PORT: String(ports.service),
		PARLEY_HTTP_BASEPATH: '/meet',
		PARLEY_HTTP_TRUSTPROXY: '1',
	});
	const proxy = await ReverseProxy.start('nginx', ports, certificate.files, 'below');
	await using closing = new AsyncDisposableStack();
	closing.defer(async () => {
		await proxy.close();
		await service.close();
		certificate.close();
	});
	const host = `https://localhost:${ports.https}`;
	const url = `${host}/meet`;
	const options = { baseURL: `${url}/`, ignoreHTTPSErrors: true };
	const [ann, ben] = [
		await Person.open(browser, 'Ann', options),
		await Person.open(browser, 'Ben', options),
	];
	/** What was asked of the host beside the path: of nobody. */
	const astray: string[] = [];
	for (const { page } of [ann, ben])
		page.on('request', (request) => {
			const { origin, pathname } = new URL(request.url());
			if (origin === host && !`${pathname}/`.startsWith('/meet/')) astray.push(pathname);
		});

	await test.step('a room is made, and its link leads into it', async () => {
		await ann.page.goto(url);
		await ann.page.getByRole('button', { name: 'New room' }).first().click();
		await expect(ann.page).toHaveURL(/\/meet\/room\/\w+$/);
	});
	await test.step('two people see each other', async () => {
		for (const person of [ann, ben]) {
			await person.page.goto(`${url}/room/${roomId}`);
			await person.page.getByRole('textbox', { name: 'Your name' }).fill(person.name);
			await person.page.getByRole('button', { name: 'Join', exact: true }).click();
			await expect(person.controls).toBeVisible();
		}
		await ann.seesMoving('Ben');
		await ben.seesMoving('Ann');
	});
	await test.step('a reload goes on with the call', async () => {
		await ben.page.reload();
		await expect(ben.controls).toBeVisible();
		await ann.seesMoving('Ben');
	});
	await test.step('a file goes through the chat', async () => {
		await ann.page.goto(`${url}/room/${roomId}/chat`);
		const box = ann.page.getByRole('textbox', { name: 'Message' });
		await box.fill('with a file');
		await ann.page
			.locator('input[type=file]')
			.setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('contents') });
		const send = ann.page.getByRole('button', { name: 'Send' });
		await expect(send).toBeEnabled();
		await send.click();
		const link = ann.page.getByRole('log', { name: 'Messages' }).getByRole('link').first();
		const address = (await link.getAttribute('href')) ?? '';
		expect(address).toMatch(/^\/meet\/api\/files\//);
		const content = (path: string) => fetch(path).then((response) => response.text());
		expect(await ann.page.evaluate(content, address)).toBe('contents');
	});
	await test.step('an account is made, and the way leads on to the page that was wanted', async () => {
		await ann.page.goto(`${url}/login?new&next=/settings`);
		await ann.page.getByRole('textbox', { name: 'Username' }).fill(freshName('ann'));
		await ann.page.getByRole('textbox', { name: 'Password' }).fill(goodPassword);
		await ann.page.getByRole('button', { name: 'Create account' }).click();
		await expect(ann.page).toHaveURL(`${url}/settings`);
	});
	await test.step('the service worker is that of the path', async () => {
		const scope = () => navigator.serviceWorker.getRegistration().then((found) => found?.scope);
		// A certificate that the browser does not trust lets none be there.
		expect([undefined, `${url}/`]).toContain(await ann.page.evaluate(scope));
	});
	await test.step('strangers meet', async () => {
		for (const person of [ann, ben]) {
			await openNext(person, 'Text only', url);
			await pressStart(person);
		}
		await expect(ann.tile('Ben')).toBeVisible();
		await expect(ben.tile('Ann')).toBeVisible();
	});
	expect(astray).toEqual([]);
	await ann.close();
	await ben.close();
});
