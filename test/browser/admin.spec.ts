import type { BrowserContext } from 'playwright/test';
import { newMessageId } from '../../shared/ids.ts';
import type { ReportReason } from '../../shared/match.ts';
import { Visit } from '../support/account.ts';
import { expectAccessible } from '../support/axe.ts';
import { expect, test as base } from '../support/browser.ts';
import { Cast } from '../support/client.ts';
import { startService, type Service } from '../support/service.ts';
import { twoMet } from '../support/stranger.ts';

const test = base.extend<{ service: Service; cast: Cast }>({
	// eslint-disable-next-line no-empty-pattern -- the runner reads the names of the fixtures from here
	service: async ({}, use) => {
		const service = await startService({ accounts: { administrators: ['root'] } });
		await use(service);
		await service.close();
	},
	cast: async ({ service, roomId }, use) => {
		const cast = new Cast(service, roomId);
		await use(cast);
		cast.close();
	},
});

/** Makes a browser somebody's, who has been here before. */
async function become(context: BrowserContext, url: string, cookies: string): Promise<void> {
	for (const cookie of cookies.split('; ')) {
		const [name = '', value = ''] = cookie.split('=');
		await context.addCookies([{ name, value, url }]);
	}
	await context.addInitScript(() => (localStorage['parley:next'] ??= '{"mode":"text"}'));
}

test('an administrator sees what is live, decides reports, and finds it in the log', async ({
	person,
	service,
	cast,
}) => {
	const { url } = service;
	const report = async (ben: string, reason: ReportReason) => {
		const met = await twoMet(cast, 'text', { ann: 'Ann', ben });
		const { matchId } = met;
		const said = { matchId, messageId: newMessageId() };
		await met.ben.client.ask('match:post', { ...said, body: `I am ${ben}.` });
		const words = `Look at what ${ben} says.`;
		await met.ann.client.ask('match:report', { matchId, reason, words, block: false });
		return met.ben.client.cookie;
	};
	const root = await Visit.account(service, 'root');
	const [admin, ben] = await Promise.all([
		person('Root', { baseURL: url }),
		person('Ben', { baseURL: url }),
	]);
	await become(admin.context, url, root.cookie);
	const { page } = admin;
	await page.goto('/');
	await page.getByRole('link', { name: 'Administration' }).click();
	await expect(page.getByText('No open reports.')).toBeVisible();
	await expectAccessible(page, 'administration with nothing to do');

	await report('Dov', 'other');
	const cydsCookie = await report('Cyd', 'hate');
	const bensCookie = await report('Ben', 'spam');
	await cast.joined('Eve');
	await page.reload();
	const figure = (name: string) => page.locator('dl > div').filter({ hasText: name });
	await expect(figure('People in rooms')).toContainText('1');
	await expect(figure('Matches')).toContainText('3');
	const card = (name: string) => page.getByRole('article', { name: `Report about ${name}` });
	await expect(card('Ben')).toContainText('Spam or scams');
	await expect(card('Ben')).toContainText('Look at what Ben says.');
	await card('Ben').getByText('Messages', { exact: true }).click();
	await expect(card('Ben')).toContainText('I am Ben.');
	await expectAccessible(page, 'administration');

	// A report leads to its person among all others; administrators do nothing about themselves.
	const found = page.getByRole('list', { name: 'People found' });
	const own = found.getByRole('listitem').filter({ hasText: 'Account root.' });
	await expect(own).toContainText('You');
	await expect(own.getByRole('button')).toHaveCount(0);
	await card('Ben').getByRole('button', { name: 'Ben', exact: true }).click();
	await expect(found.getByRole('listitem')).toHaveCount(1);
	await expect(found).toBeFocused();

	const dialog = page.getByRole('dialog');
	await card('Ben').getByRole('button', { name: 'Warn' }).click();
	await dialog.getByRole('textbox', { name: 'Message to this person' }).fill('Do not sell here.');
	await expectAccessible(page, 'a warning being written');
	await dialog.getByRole('button', { name: 'Send warning' }).click();
	await expect(card('Ben')).toBeHidden();
	await card('Cyd').getByRole('button', { name: 'Suspend' }).click();
	await dialog.getByRole('spinbutton', { name: 'Number of days' }).fill('3');
	await dialog.getByRole('textbox', { name: 'Message to this person' }).fill('That was hate.');
	await dialog.getByRole('button', { name: 'Suspend' }).click();
	await expect(card('Cyd')).toBeHidden();
	await card('Dov').getByRole('button', { name: 'Dismiss' }).click();
	await dialog.getByRole('button', { name: 'Dismiss' }).click();
	await expect(page.getByText('No open reports.')).toBeVisible();
	const log = page.getByRole('region', { name: 'Activity log' });
	await expect(log).toContainText('About Ben, by root');
	await expect(log.getByRole('listitem')).toHaveText([
		/^Report dismissed/,
		/^Suspended.*That was hate\./s,
		/^Warned.*Do not sell here\./s,
	]);

	// Whoever was warned reads it on the next page, once.
	await become(ben.context, url, bensCookie);
	await ben.page.goto('/');
	const warning = ben.page.getByRole('dialog', { name: 'A message from the administrators' });
	await expect(warning).toContainText('Do not sell here.');
	await expectAccessible(ben.page, 'a warning');
	await warning.getByRole('button', { name: 'I understand' }).click();
	await expect(warning).toBeHidden();
	await ben.page.goto('/admin');
	await expect(
		ben.page.getByText("It doesn't exist, or you need to sign in as an administrator."),
	).toBeVisible();
	const way = ben.page.getByRole('main').getByRole('link', { name: 'Sign in' });
	await expect(way).toHaveAttribute('href', '/login?next=/admin');
	await expect(warning).toBeHidden();

	// Whoever is suspended meets nobody, and is told until when and why.
	await become(ben.context, url, cydsCookie);
	await ben.page.goto('/next');
	await expect(ben.page.getByRole('alert')).toContainText('That was hate.');

	// It ends before its time when an administrator says so.
	await page.getByRole('searchbox').fill('');
	await page.getByRole('button', { name: 'Search', exact: true }).click();
	await page.getByRole('button', { name: 'Lift suspension' }).click();
	await dialog.getByRole('button', { name: 'Lift suspension' }).click();
	await expect(log).toContainText('Suspension lifted');
	await ben.page.reload();
	await expect(ben.page.getByRole('heading', { name: 'Meet someone new' })).toBeVisible();
});

test('an administrator has the server checked', async ({ person, service }) => {
	const { url } = service;
	const root = await Visit.account(service, 'root');
	const { context, page } = await person('Root', { baseURL: url });
	await become(context, url, root.cookie);
	await page.goto('/admin');
	const server = page.getByRole('region', { name: 'Server' });
	await expect(server.getByRole('status')).toHaveText('Not tried yet');
	await server.getByRole('button', { name: 'Check the server' }).press('Enter');
	await expect(server.getByRole('status')).toContainText(/^Checked /);
	const media = server.getByRole('listitem').filter({ hasText: 'over UDP' });
	await expect(media).toContainText(`port ${service.app.media.first} answered.`);
	await expect(server.getByRole('listitem').filter({ hasText: 'backup' })).toContainText(
		'Run "npm run backup" each day',
	);
	await expectAccessible(page, 'a server that was checked');
	// What was found is there for the next who looks.
	await page.reload();
	await expect(media).toBeVisible();
});

test('an administrator sees plots of the metrics, with the figures in words', async ({
	person,
	service,
	cast,
}) => {
	const root = await Visit.account(service, 'root');
	const { context, page } = await person('Root', { baseURL: service.url });
	await become(context, service.url, root.cookie);
	// The minutes that the plots show pass when the test says so.
	await page.clock.install();
	const pass = async (minutes: number) => {
		for (let looks = 0; looks < minutes * 4; looks++) {
			const read = page.waitForResponse(/\/api\/admin\/metrics/);
			await page.clock.fastForward(15_000);
			await read;
		}
	};
	await page.goto('/admin');
	const now = page.getByRole('region', { name: 'Now' });
	await expect(now.locator('canvas')).toHaveCount(6);
	const figure = (name: string) =>
		now.getByRole('definition').and(now.locator(`dt:text-is("${name}") + dd`));
	// Nobody is there yet, and nothing could be timed.
	await expect(figure('People, In rooms')).toHaveText('0');
	await expect(figure('Time it takes for 95 of 100, First audio or video')).toHaveText('–');
	await expect(figure('Memory, Media workers')).toHaveText(/^\d+ MB$/);
	await expect(now.getByText('How many people are here now.')).toBeVisible();

	/** How high over the lower edge the lines of people end, in pixels: grid and words have no colour. */
	const lineEnd = () =>
		now
			.locator('canvas')
			.first()
			.evaluate((canvas: HTMLCanvasElement) => {
				const { width, height } = canvas;
				const { data } = canvas.getContext('2d')?.getImageData(0, 0, width, height) ?? { data: [] };
				const isColoured = (at: number) => {
					const [red = 0, green = 0, blue = 0, opacity = 0] = data.slice(at, at + 4);
					return opacity > 128 && Math.max(red, green, blue) - Math.min(red, green, blue) > 48;
				};
				for (let x = width - 1; x >= 0; x--)
					for (let y = 0; y < height; y++) if (isColoured((y * width + x) * 4)) return height - y;
				return 0;
			});
	await pass(1);
	const empty = await lineEnd();
	expect(empty).toBeGreaterThan(0);
	await cast.joined('Ann');
	await cast.joined('Ben');
	await pass(1);
	await expect(figure('People, In rooms')).toHaveText('2');
	await expect(figure('People, Open pages')).toHaveText('2');
	await expect(figure('Time it takes for 95 of 100, Join')).toHaveText(/^\d+ ms$/);
	expect(await lineEnd()).toBeGreaterThan(empty + 5);
	await expectAccessible(page, 'administration with plots');

	// While nothing is heard of the service, old figures do not pass for new ones.
	await page.route('**/api/admin/**', (route) => route.abort());
	await page.clock.fastForward(15_000);
	await expect(now.getByText('There are no new figures right now.')).toBeVisible();
	await expect(figure('People, In rooms')).toHaveText('–');
	await page.unroute('**/api/admin/**');
	await pass(0.25);
	await expect(figure('People, In rooms')).toHaveText('2');
	await expect(now.getByText('There are no new figures right now.')).toBeHidden();
});

test('an administrator goes through all that was done, a page at a time', async ({
	person,
	service,
}) => {
	const { url } = service;
	const [root, somebody] = [await Visit.account(service, 'root'), await Visit.account(service)];
	const { personId } = await somebody.self();
	for (let number = 1; number <= 60; number++) {
		const body = { action: 'warn', words: `Warning ${number}.` };
		expect((await root.ask('POST', `/api/admin/people/${personId}`, body)).code).toBe('OK');
	}
	const { context, page } = await person('Root', { baseURL: url });
	await become(context, url, root.cookie);
	await page.goto('/admin');
	const log = page.getByRole('region', { name: 'Activity log' });
	await expect(log.getByRole('listitem')).toHaveCount(50);
	const more = log.getByRole('button', { name: 'Show earlier activity' });
	await more.focus();
	await page.keyboard.press('Enter');
	await expect(log.getByRole('listitem')).toHaveCount(60);
	await expect(log.getByRole('listitem').last()).toContainText('Warning 1.');
	await expect(more).toBeHidden();
	await expect(log.getByRole('status')).toHaveText('End of list.');
	// They stay when what is live is looked at again.
	await page.waitForResponse((response) => response.url().includes('/api/admin/log?before='));
	await expect(log.getByRole('listitem')).toHaveCount(60);
	await expectAccessible(page, 'administration with a long log');
});

test('B-14: an administrator opens a room whose host is gone, and the person who waits there can come in', async ({
	person,
	service,
	cast,
}) => {
	const { url } = service;
	const host = await cast.joined('Host');
	await host.ask('host:policy', { knocking: true });
	await host.ask('room:leave', {});
	const [admin, guest] = [
		await person('Root', { baseURL: url }),
		await person('Guest', { baseURL: url }),
	];
	await guest.toLobby(cast.roomId);
	await guest.page.getByRole('button', { name: 'Ask to join' }).click();
	await expect(guest.page.getByText('No host is here right now')).toBeVisible();

	const root = await Visit.account(service, 'root');
	await become(admin.context, url, root.cookie);
	const { page } = admin;
	await page.setViewportSize({ width: 390, height: 844 });
	await page.emulateMedia({ colorScheme: 'dark' });
	await page.goto('/admin');
	const section = page.getByRole('region', { name: 'Open a room' });
	const box = section.getByRole('textbox', { name: 'Room link or code' });
	const dialog = page.getByRole('dialog', { name: 'Open this room?' });
	await box.press('Enter');
	await expect(section.getByRole('alert')).toHaveText('Enter or paste a room link or code.');
	await expect(box).toBeFocused();
	await box.fill('no-such-room');
	await box.press('Enter');
	await dialog.getByRole('button', { name: 'Open room' }).press('Enter');
	await expect(section.getByRole('alert')).toHaveText("This room doesn't exist on this server.");

	await box.fill(`${url}/room/${cast.roomId}`);
	await section.getByRole('button', { name: 'Open room' }).press('Enter');
	await expect(dialog).toContainText(cast.roomId);
	await expectAccessible(page, 'a room about to be opened');
	await dialog.getByRole('button', { name: 'Cancel' }).press('Enter');
	await expect(dialog).toBeHidden();
	await box.press('Enter');
	await dialog.getByRole('button', { name: 'Open room' }).press('Enter');
	await expect(section.getByRole('status')).toHaveText(
		`The room ${cast.roomId} is open. Everyone with the link can join.`,
	);
	await expect(box).toHaveValue('');
	const log = page.getByRole('region', { name: 'Activity log' });
	await expect(log.getByRole('listitem')).toHaveText(/^Room opened/);
	await expect(log).toContainText(`Room ${cast.roomId}, by root`);
	await expectAccessible(page, 'a room that was opened');
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);

	await expect(guest.controls).toBeVisible();
});
