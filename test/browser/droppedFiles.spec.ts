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
