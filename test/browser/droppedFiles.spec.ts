import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { expect, serviceUrl, test } from '../support/browser.ts';
import { ChatPage } from '../support/chatPage.ts';
import { WobblyLine } from '../support/wobblyLine.ts';

let folder: string;
test.beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'parley-dropped-'));
});
test.afterAll(() => rmSync(folder, { recursive: true }));

/** Drops a file or a folder of this machine on the middle of the window, as the system does. */
async function drop(page: Page, path: string): Promise<void> {
	const session = await page.context().newCDPSession(page);
	const { x, y } = await page.evaluate(() => ({ x: innerWidth / 2, y: innerHeight / 2 }));
	const data = { items: [], files: [path], dragOperationsMask: 1 };
	for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
		await session.send('Input.dispatchDragEvent', { type, x, y, data });
}

/** Whether the page keeps the browser from doing with it what browsers do: showing it instead of the page. */
const keeps = (page: Page, kind: 'file' | 'link', selector = 'body'): Promise<boolean> =>
	page.evaluate(
		([brought, on]) => {
			const dataTransfer = new DataTransfer();
			if (brought === 'file') dataTransfer.items.add(new File(['words'], 'a.txt'));
			else dataTransfer.setData('text/uri-list', 'https://example.org/');
			const target = document.querySelector(on);
			return ['dragover', 'drop'].every((name) => {
				const init = { dataTransfer, bubbles: true, cancelable: true };
				return target?.dispatchEvent(new DragEvent(name, init)) === false;
			});
		},
		[kind, selector] as const,
	);

test('B-7: a file dropped on a call whose chat is closed opens the chat and is attached', async ({
	joined,
}) => {
	const ana = await joined('Ana');
	const path = join(folder, 'plan.txt');
	writeFileSync(path, 'plain words');
	// The parts that wait for the first picture are there.
	await expect(ana.page.getByRole('button', { name: 'More' })).toBeVisible();
	await expect(async () => {
		await drop(ana.page, path);
		await expect(ana.page.getByRole('button', { name: 'Remove plan.txt' })).toBeVisible();
	}).toPass();
	const chat = new ChatPage(ana);
	await chat.send('Here it is');
	await expect(chat.message('Here it is').getByRole('link', { name: /plan/ })).toBeVisible();
});

test('B-7: no page lets a file or a link that is dropped on it take its place', async ({
	person,
	roomId,
}) => {
	const { page } = await person('Ana');
	const room = `/room/${roomId}`;
	const addresses = ['/', '/login', '/next', '/people', '/settings', '/check', '/demo', '/nowhere'];
	for (const address of [...addresses, room, `${room}/chat`]) {
		// The scripts of the page need not have come.
		await page.goto(address, { waitUntil: 'commit' });
		await page.locator('.app').waitFor({ state: 'attached' });
		expect([address, await keeps(page, 'file'), await keeps(page, 'link')]).toEqual([
			address,
			true,
			true,
		]);
	}
	await page.goto('/');
	// The text of a link goes where text is typed; a file does not.
	expect(await keeps(page, 'link', 'input')).toBe(false);
	expect(await keeps(page, 'file', 'input')).toBe(true);
	await drop(page, join(folder, 'missing.txt'));
	expect(new URL(page.url()).pathname).toBe('/');
});

test('B-5: a folder dropped on the chat is refused in words', async ({ person, roomId }) => {
	const ana = await person('Ana');
	const chat = await ChatPage.open(ana, roomId);
	await drop(ana.page, folder);
	await expect(ana.page.getByText('is empty or a folder')).toBeVisible();
	await expect(ana.page.getByRole('button', { name: /^(?:Remove|Cancel) / })).toHaveCount(0);
	await chat.send('A folder it was');
});

for (const [what, spoil] of [
	['deleted', (path: string) => rmSync(path)],
	['changed', (path: string) => writeFileSync(path, 'other words')],
] as const)
	test(`B-5: a file that is ${what} while it uploads is said, and Send is free again`, async ({
		person,
		roomId,
	}) => {
		const line = await WobblyLine.to(serviceUrl);
		const ana = await person('Ana', { baseURL: line.url });
		const chat = await ChatPage.open(ana, roomId);
		const send = ana.page.getByRole('button', { name: 'Send', exact: true });
		const path = join(folder, `${what}.bin`);
		writeFileSync(path, Buffer.alloc(12_000_000, 7));
		await chat.box.fill('without the file');
		line.cutAfter(4_000_000);
		await ana.page.locator('input[type=file]').setInputFiles(path);
		await expect(ana.page.getByText('Waiting for the connection')).toBeVisible();
		await expect(send).toBeDisabled();
		spoil(path);
		line.mend();
		await expect(ana.page.getByText('This file was changed, moved or deleted')).toBeVisible();
		await expect(send).toBeEnabled();
		line.close();
	});
