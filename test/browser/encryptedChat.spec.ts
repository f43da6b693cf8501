import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDir, expect, test, type Person } from '../support/browser.ts';
import { ChatPage } from '../support/chatPage.ts';
import { png } from '../support/pictures.ts';

/** Every byte that the service has written. */
function stored(): Buffer {
	return Buffer.concat(
		readdirSync(dataDir, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map(({ parentPath, name }) => readFileSync(join(parentPath, name))),
	);
}

test('ENCRYPTION-21: people of an encrypted room write and send pictures, of which the service stores no word', async ({
	person,
	roomId,
}) => {
	const link = `/room/${roomId}#key=${randomBytes(32).toString('base64url')}`;
	const inside = async (name: string): Promise<Person> => {
		const one = await person(name);
		await one.page.goto(link);
		await one.page.getByRole('textbox', { name: 'Your name' }).fill(name);
		await one.join();
		return one;
	};
	const [ana, bo] = [await inside('Nightingale'), await inside('Salamander')];
	const [anas, bos] = [await ChatPage.beside(ana), await ChatPage.beside(bo)];

	await test.step('they read each other, correct and edit', async () => {
		await anas.send('I has a periwinkle');
		await expect(bos.message('I has a periwinkle')).toContainText('Nightingale');
		await bos.choose('I has a periwinkle', 'Suggest a correction');
		await bos.box.fill('I have a marzipan');
		await bos.box.press('Enter');
		const correction = anas
			.message('I has a periwinkle')
			.getByRole('region', { name: 'Correction by Salamander' });
		await correction.getByRole('button', { name: 'Apply' }).click();
		await expect(bos.message('I have a marzipan')).toContainText('edited');
	});

	await test.step('a picture is shown', async () => {
		await ana.page.locator('input[type=file]').setInputFiles({
			...{ name: 'hippodrome.png', mimeType: 'image/png' },
			buffer: Buffer.from(png(40, 30)),
		});
		await anas.send('quicksilver');
		const picture = bos.log.getByRole('img', { name: 'hippodrome.png' });
		await expect(picture).toBeVisible();
		await expect
			.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
			.toBe(40);
	});

	let cy: Person | undefined;
	await test.step('who reloads, and who joins later, reads all', async () => {
		await bo.page.reload();
		await expect(bo.controls).toBeVisible();
		await ChatPage.beside(bo);
		await expect(bos.message('I have a marzipan')).toBeVisible();
		cy = await inside('Cy');
		const cys = await ChatPage.beside(cy);
		await expect(cys.message('I have a marzipan')).toContainText('Nightingale');
		await expect(cys.message('quicksilver')).toBeVisible();
	});

	const words = [
		'Nightingale',
		'Salamander',
		'periwinkle',
		'marzipan',
		'hippodrome',
		'quicksilver',
	];
	const bytes = stored();
	expect(bytes.includes(roomId)).toBe(true);
	expect(words.filter((word) => bytes.includes(word))).toEqual([]);

	await test.step('the page of the chat reads and writes with the key in its link', async () => {
		await bo.page.goto(link.replace('#', '/chat#'));
		const chat = new ChatPage(bo);
		await expect(chat.message('I have a marzipan')).toContainText('Nightingale');
		await chat.send('quinquereme');
		await expect(anas.message('quinquereme')).toContainText('Salamander');
		const call = bo.page.getByRole('link', { name: 'Join the call' });
		expect(new URL((await call.getAttribute('href')) ?? '', bo.page.url()).hash).toContain('#key=');
	});

	await test.step('the page of the chat, without the key, shows none of it', async () => {
		await bo.page.goto(`/room/${roomId}/chat`);
		await expect(bo.page.getByRole('alert')).toContainText('end-to-end encrypted');
		await expect(bo.page.getByText('marzipan')).toHaveCount(0);
	});

	await test.step('the past calls are told with names in the room, and without them in a file', async () => {
		await cy?.close();
		await expect(ana.page.getByTestId('tile')).toHaveCount(1);
		await ana.controls.getByRole('button', { name: 'Leave' }).click();
		await ana.page.getByRole('button', { name: 'Join again' }).click();
		await ana.join();
		await ana.controls.getByRole('button', { name: 'More', exact: true }).click();
		await ana.page.getByRole('menuitem', { name: 'Past calls' }).click();
		const dialog = ana.page.getByRole('dialog', { name: 'Past calls' });
		await expect(
			dialog.getByRole('listitem').filter({ hasText: 'Salamander' }).first(),
		).toBeVisible();
		const table = await ana.page.evaluate(
			async (path) => (await fetch(path)).text(),
			`/api/rooms/${roomId}/calls.csv`,
		);
		expect(table).toContain(',encrypted name,');
		expect(table).not.toContain('e1.');
	});
});
