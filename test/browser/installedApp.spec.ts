import { createServer, request as ask, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Page } from 'playwright/test';
import { expect, serviceUrl, test } from '../support/browser.ts';

/** As somebody who has been here before: only they have a service worker. */
async function returning(context: BrowserContext): Promise<void> {
	await context.addInitScript(() => {
		if (location.protocol === 'http:')
			localStorage.setItem('parley:preferences', JSON.stringify({ name: 'Ann' }));
	});
}

const ready = (page: Page) => page.evaluate(async () => void (await navigator.serviceWorker.ready));

/** The addresses of all that is cached. */
const cached = (page: Page) =>
	page.evaluate(async () => {
		const names = await caches.keys();
		const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
		return requests.flat().map(({ url }) => new URL(url).pathname);
	});

test('the manifest and its icons are there, so that browsers can install the app', async ({
	page,
}) => {
	await page.goto('/');
	const manifest = await page.evaluate(async () => {
		const { href } = document.querySelector<HTMLLinkElement>('link[rel=manifest]') ?? { href: '' };
		const answer = await fetch(href);
		const said = await answer.json();
		const start = new URL(said.start_url, href).pathname;
		return { type: answer.headers.get('content-type'), ...said, start };
	});
	expect(manifest).toMatchObject({
		type: 'application/manifest+json; charset=utf-8',
		name: 'Parley',
		start: '/',
		display: 'standalone',
	});
	const icons = manifest.icons as { src: string; sizes: string; purpose?: string }[];
	expect(icons.map(({ purpose }) => purpose)).toContain('maskable');
	for (const { src, sizes } of icons) {
		const size = await page.evaluate(async (address) => {
			const picture = new Image();
			picture.src = address;
			await picture.decode();
			return `${picture.naturalWidth}x${picture.naturalHeight}`;
		}, src);
		if (sizes !== 'any') expect(size).toBe(sizes);
	}
	const devtools = await page.context().newCDPSession(page);
	const { errors } = await devtools.send('Page.getAppManifest');
	expect(errors).toEqual([]);
	// Windows of tests are private ones.
	const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
	expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);
});

test('without the server a page says so in the language of the person, and tries again', async ({
	person,
}) => {
	const { page, context } = await person('Ann', { serviceWorkers: 'allow', locale: 'de-DE' });
	await returning(context);
	await page.goto('/people');
	await ready(page);
	await page.reload();
	await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
	await context.setOffline(true);
	await page.goto('/settings');
	await expect(page.getByRole('heading', { name: 'Server nicht erreichbar' })).toBeVisible();
	await expect(page.locator('html')).toHaveAttribute('lang', 'de');
	await page.getByRole('link', { name: 'Noch einmal versuchen' }).click();
	await expect(page.getByRole('heading', { name: 'Server nicht erreichbar' })).toBeVisible();
	await context.setOffline(false);
	await page.getByRole('link', { name: 'Noch einmal versuchen' }).click();
	await expect(page.getByRole('heading', { name: 'Einstellungen' })).toBeVisible();
	const paths = await cached(page);
	expect(paths.filter((path) => path.startsWith('/_app/immutable/')).length).toBeGreaterThan(0);
	expect(paths.filter((path) => !path.startsWith('/_app/immutable/'))).toEqual(['/kept/words']);
});

test('a browser whose cookie is gone gets a session with the page, as without a service worker', async ({
	person,
}) => {
	const { page, context } = await person('Ann', { serviceWorkers: 'allow' });
	await returning(context);
	await page.goto('/people');
	await ready(page);
	await page.goto('about:blank');
	await context.clearCookies();
	const [answer] = await Promise.all([
		page.waitForResponse((response) => new URL(response.url()).pathname === '/settings'),
		page.goto('/settings', { waitUntil: 'commit' }),
	]);
	expect(answer.fromServiceWorker()).toBe(true);
	expect((await context.cookies()).length).toBeGreaterThan(0);
});

/** The service behind an address at which another build can be served. */
class UpdatedService {
	/** Which build it is. */
	build = 'one';
	readonly #server: Server;

	constructor() {
		this.#server = createServer(({ url = '/', method, headers }, response) => {
			const isScript = url === '/service-worker.js';
			const asked = ask(
				new URL(url, serviceUrl),
				{ method, headers: { ...headers, 'accept-encoding': 'identity', 'if-none-match': '' } },
				(answer) => {
					const { 'content-length': _length, etag: _etag, ...rest } = answer.headers;
					const build = { 'x-build': this.build };
					response.writeHead(answer.statusCode ?? 500, { ...rest, ...build });
					if (isScript) response.write(`/* ${this.build} */`);
					answer.pipe(response);
				},
			);
			asked.on('error', () => response.destroy());
			asked.end();
		});
	}

	async listen(): Promise<string> {
		this.#server.listen(0, '127.0.0.1');
		await once(this.#server, 'listening');
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	close(): void {
		this.#server.close();
		this.#server.closeAllConnections();
	}
}

test('an update of the service is shown at once, and takes the place of the older service worker and its files', async ({
	person,
}) => {
	const service = new UpdatedService();
	try {
		const baseURL = await service.listen();
		const { page, context } = await person('Ann', { serviceWorkers: 'allow', baseURL });
		await returning(context);
		await page.goto('/settings');
		await ready(page);
		await page.reload();
		await page.evaluate(async () => {
			const cache = await caches.open('parley:files');
			await cache.put('/_app/immutable/of-an-older-build.js', new Response('old'));
		});
		expect(await cached(page)).toContain('/_app/immutable/of-an-older-build.js');
		service.build = 'two';
		const answer = await page.goto('/people');
		expect(answer?.headers()).toMatchObject({ 'x-build': 'two' });
		expect(answer?.fromServiceWorker()).toBe(true);
		await expect.poll(() => cached(page)).not.toContain('/_app/immutable/of-an-older-build.js');
	} finally {
		service.close();
	}
});
