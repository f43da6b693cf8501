/**
 * Pictures of what people see: `npm run screenshots`, after `npm run build`.
 *
 * Fills rooms of the real service with browsers and with people who are there by signalling alone, takes each
 * scene in the light and in the dark theme, and writes them with a page that shows them all to
 * `artifacts/screenshots/`. `--only NAME` takes the scenes whose name contains NAME. To be looked at; nothing is compared.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium, type Browser } from 'playwright';
import type { RoomId } from '../../shared/ids.ts';
import { expect, launchOptions, Person } from '../support/browser.ts';
import { Cast } from '../support/client.ts';
import { Writer } from '../support/chat.ts';
import { drawnCamera, looks } from '../support/drawnCamera.ts';
import { fakeScreen } from '../support/fakeMedia.ts';
import { people } from '../support/hosting.ts';
import { startServiceProcess } from '../support/serviceProcess.ts';

const folder = fileURLToPath(new URL('../../artifacts/screenshots/', import.meta.url));
const desktop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
const phoneOnItsSide = { width: 844, height: 390 };
/** Rooms of a house: nobody in particular. */
const names = ['Kitchen', 'Studio', 'Library', 'Workshop', 'Attic', 'Garden', 'Hall', 'Cellar'];

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const taken: string[] = [];
mkdirSync(folder, { recursive: true });

/** Both themes of what is shown now. */
async function take({ page }: Person, name: string, size = desktop): Promise<void> {
	if (!name.includes(values.only)) return;
	await page.setViewportSize(size);
	await page.mouse.move(1, 1);
	// Tiles glide to their places, and layers of another size arrive.
	await page.waitForTimeout(1200);
	for (const colorScheme of ['light', 'dark'] as const) {
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		await page.waitForTimeout(600);
		// What this machine suffers from, with so many browsers on it, is not what is shown here.
		const hide = page.getByRole('button', { name: 'Hide', exact: true });
		// Pressed without a pointer, which would close a menu that is open.
		for (const one of await hide.all()) await one.dispatchEvent('click');
		const file = `${name}-${colorScheme}.png`;
		await page.screenshot({ path: join(folder, file) });
		taken.push(file);
	}
	await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}

/** Somebody with a drawn camera, in the lobby. */
async function arrive(
	browser: Browser,
	url: string,
	roomId: RoomId,
	index: number,
): Promise<Person> {
	const person = await Person.open(browser, names[index] ?? 'Guest', { baseURL: url });
	const look = looks[index];
	if (look) await person.page.addInitScript(drawnCamera, look);
	await person.page.addInitScript(fakeScreen);
	await person.page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
	await person.toLobby(roomId);
	return person;
}

async function pagesBesideTheCall(person: Person): Promise<void> {
	for (const [path, name] of [
		['/', 'landing'],
		['/settings', 'settings'],
		['/login', 'login'],
		['/people', 'acquaintances'],
		['/next', 'next'],
	] as const) {
		await person.page.goto(path);
		await person.page.getByRole('heading').first().waitFor();
		await take(person, name);
		await take(person, `phone-${name}`, phone);
	}
}

/** Somebody gets an account. Comes last: they are no guest any more. */
async function account(person: Person): Promise<void> {
	const { page } = person;
	const name = page.getByRole('textbox', { name: 'User name' });
	const password = page.getByLabel('Password', { exact: true });
	const submit = page.locator('form').getByRole('button', { name: 'Make an account' });
	await page.goto('/login?new&next=/settings');
	await name.fill('x');
	await submit.click();
	await take(person, 'sign-up-wrong');
	await take(person, 'phone-sign-up-wrong', phone);
	await name.fill('garden');
	await password.fill('correct horse battery');
	await submit.click();
	await page.getByRole('list', { name: 'Sessions' }).waitFor();
	await take(person, 'account');
	await take(person, 'phone-account', phone);
	await page.getByRole('button', { name: 'Delete me…' }).click();
	await take(person, 'account-delete');
	await take(person, 'phone-account-delete', phone);
}

async function talk(cast: Cast, host: Person): Promise<void> {
	const guest = await Writer.enter(cast, 'Studio');
	const other = await Writer.enter(cast, 'Library');
	await guest.post('Morning! Are we still on for the **release notes**?');
	await other.post(
		'Yes. The draft is in the shared folder, two points are open:\n\n- the new layouts\n- who writes the summary',
	);
	const { page } = host;
	await page
		.getByRole('textbox', { name: 'Message' })
		.fill('I take the summary, and send it round before noon.');
	await page.keyboard.press('Enter');
	await other.post('Perfect, thank you!');
}

async function scenes(browser: Browser, url: string): Promise<void> {
	const roomId = 'monday-planning' as RoomId;
	const cast = new Cast({ url }, roomId);
	const you = await arrive(browser, url, roomId, 0);
	const { page } = you;
	await take(you, 'lobby');
	await take(you, 'phone-lobby', phone);
	await take(you, 'phone-on-its-side-lobby', phoneOnItsSide);
	await page.getByRole('button', { name: 'Devices' }).click();
	await take(you, 'lobby-devices');
	await take(you, 'phone-lobby-devices', phone);
	await page.keyboard.press('Escape');
	await you.join();
	await take(you, 'call-1');
	await take(you, 'phone-call-1', phone);

	const others: Person[] = [];
	for (const index of [1, 2, 3]) {
		const other = await arrive(browser, url, roomId, index);
		await other.join();
		others.push(other);
		await expect
			.poll(() => you.frames(other.name).catch(() => 0), { timeout: 60_000 })
			.toBeGreaterThan(5);
		if (index === 1) {
			await take(you, 'call-2');
			await take(you, 'phone-call-2', phone);
			await take(you, 'phone-on-its-side-call-2', phoneOnItsSide);
		}
	}
	await page.setViewportSize(desktop);
	await you.controls.getByRole('button', { name: 'Chat' }).click();
	await page.getByRole('textbox', { name: 'Message' }).waitFor();
	await talk(cast, you);
	await take(you, 'chat');
	await take(you, 'phone-chat', phone);
	await page.getByRole('button', { name: 'Close chat' }).click();

	await cast.joined(names[4]);
	await take(you, 'call-5');
	await others[1]?.controls.getByRole('button', { name: 'Raise hand' }).click();
	const panel = await people(you);
	await take(you, 'people');
	await take(you, 'phone-people', phone);
	await page.setViewportSize(desktop);
	for (const [size, name] of [
		[desktop, 'room-settings'],
		[phone, 'phone-room-settings'],
	] as const) {
		await page.setViewportSize(size);
		await panel.getByRole('button', { name: 'Room settings' }).click();
		await take(you, name, size);
		await page.keyboard.press('Escape');
	}
	await page.setViewportSize(desktop);
	await panel.getByRole('button', { name: 'Close people' }).click();

	for (const [size, before] of [
		[desktop, ''],
		[phone, 'phone-'],
		[phoneOnItsSide, 'phone-on-its-side-'],
	] as const) {
		await page.setViewportSize(size);
		await page.waitForTimeout(300);
		await you.controls.getByRole('button', { name: 'More' }).click();
		await page.getByRole('menu', { name: 'More' }).waitFor();
		await take(you, `${before}more`, size);
		await page.getByRole('menuitem', { name: 'Statistics' }).click();
		await page.waitForTimeout(5000);
		await take(you, `${before}statistics`, size);
		await page.keyboard.press('Escape');
	}
	await page.setViewportSize(desktop);
	await page.keyboard.press('?');
	await take(you, 'shortcuts');
	await page.keyboard.press('Escape');

	await others[0]?.controls.getByRole('button', { name: 'Share screen' }).click();
	await page
		.getByRole('group', { name: /screen/ })
		.first()
		.waitFor();
	await expect(page.getByText('Waiting for the picture')).toHaveCount(0, { timeout: 60_000 });
	await take(you, 'share');
	await take(you, 'phone-share', phone);
	if (others[0]) await take(others[0], 'sharing');
	await others[0]?.page.getByRole('button', { name: 'Stop sharing' }).first().click();

	for (let count = 5; count < 25; count++) {
		if (count === 9) await take(you, 'call-9');
		await cast.joined(names[count] ?? `Guest ${count}`);
	}
	await take(you, 'call-25');
	await take(you, 'phone-call-25', phone);
	await take(you, 'phone-on-its-side-call-25', phoneOnItsSide);
	await page.goto(`/room/${roomId}/chat`);
	await page.getByRole('log', { name: 'Messages' }).waitFor();
	await take(you, 'chat-page');
	await take(you, 'phone-chat-page', phone);
	cast.close();
}

const service = await startServiceProcess();
const browser = await chromium.launch(launchOptions).catch(async (error: unknown) => {
	await service.close();
	throw error;
});
try {
	const visitor = await Person.open(browser, 'Visitor', { baseURL: service.url });
	await pagesBesideTheCall(visitor);
	await account(visitor);
	await visitor.close();
	await scenes(browser, service.url);
} finally {
	const figures = taken.map(
		(file) =>
			`<figure><img src="${file}" alt="${file}" loading="lazy"><figcaption>${file}</figcaption></figure>`,
	);
	writeFileSync(
		join(folder, 'index.html'),
		`<!doctype html><meta charset="utf-8"><title>Parley, as it looks</title><style>body{font-family:system-ui;display:grid;grid-template-columns:repeat(auto-fill,minmax(22rem,1fr));gap:1rem}figure{margin:0}img{max-width:100%;max-height:30rem;border:1px solid #999}</style>${figures.join('\n')}`,
	);
	await browser.close();
	await service.close();
	console.log(`${taken.length} pictures in ${folder}`);
}
