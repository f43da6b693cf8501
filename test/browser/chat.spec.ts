import { dataDir, expect, test } from '../support/browser.ts';
import { ChatPage, seedChat } from '../support/chatPage.ts';
import type { RoomId } from '../../shared/ids.ts';

declare global {
	interface Window {
		/** Numbers of the entries that the chat has shown, and how many elements of messages there were at most. */
		read: { entries: Set<number>; most: number };
		/** What the browser was asked to tell outside of the page. */
		told: string[];
	}
}

/** Runs in the page before its own scripts: what is told outside of the page is noted. */
function noteNotifications(): void {
	window.told = [];
	class Noted {
		static permission = 'granted';
		constructor(title: string, { body }: { body: string }) {
			window.told.push(`${title}: ${body}`);
		}
		close(): void {}
	}
	Object.defineProperty(window, 'Notification', { value: Noted });
	localStorage.setItem('parley:preferences', JSON.stringify({ notifications: true }));
}

test('two in a call write, answer, correct and delete, see who types, and write to one alone', async ({
	joined,
	roomId,
}) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	const [anas, bos] = [await ChatPage.beside(ana), new ChatPage(bo)];
	await test.step('two in a call write, answer, edit, correct, react and delete', async () => {
		await anas.send('Hello');
		await expect(bo.controls.getByRole('button', { name: 'Chat' })).toHaveAccessibleDescription(
			/^Chat, 1 unread/,
		);
		// The chat is open now, so that what comes is news.
		await anas.send('I has a dog');
		const notice = bo.page.locator('[data-sonner-toast]').filter({ hasText: 'I has a dog' });
		await expect(notice).toContainText('Ana');
		await expect(notice).toHaveAttribute('aria-live', 'polite');
		await notice.click({ position: { x: 10, y: 10 } });
		await expect(bos.message('I has a dog')).toBeVisible();
		await expect(notice).toHaveCount(0);

		await bos.choose('I has a dog', 'Suggest a correction');
		await expect(bos.box).toHaveValue('I has a dog');
		await bos.box.fill('I have a dog');
		await bos.box.press('Enter');
		const correction = anas
			.message('I has a dog')
			.getByRole('region', { name: 'Correction by Bo' });
		await expect(correction.locator('del')).toContainText('has');
		await expect(correction.locator('ins')).toContainText('have');
		await correction.getByRole('button', { name: 'Apply' }).click();
		await expect(bos.message('I have a dog')).toContainText('edited');
		const lesson = anas.message('I have a dog').getByRole('region', { name: 'Correction by Bo' });
		await expect(lesson).toContainText('Applied');
		await expect(lesson.locator('del')).toContainText('has');
		await expect(lesson.getByRole('button')).toHaveCount(0);

		await bos.choose('I have a dog', 'Reply');
		await bos.send('What is its name?');
		await expect(
			anas
				.message('What is its name?')
				.getByRole('button', { name: /^Reply to Ana: I have a dog/ }),
		).toBeVisible();

		await anas.message('What is its name?').hover();
		await anas.message('What is its name?').getByRole('button', { name: 'React' }).click();
		await ana.page
			.getByRole('button', { name: /👍|thumbs up/i })
			.first()
			.click();
		await expect(
			bos.message('What is its name?').getByRole('group', { name: 'Reactions' }),
		).toContainText('👍');

		await anas.send('Rex');
		// What is on its way cannot be edited yet.
		await expect(async () => {
			await anas.box.press('ArrowUp');
			await expect(anas.box).toHaveValue('Rex', { timeout: 500 });
		}).toPass({ timeout: 30_000 });
		await anas.box.fill('Rexy');
		await anas.box.press('Enter');
		await expect(bos.message('Rexy')).toContainText('edited');

		await anas.choose('Rexy', 'Delete');
		const confirm = ana.page.getByRole('dialog').getByRole('button', { name: 'Delete' });
		await confirm.click();
		await expect(bos.message('Message deleted')).toBeVisible();
		await expect(bos.log).not.toContainText('Rexy');
	});
	await test.step('others see who types; one person is written to alone', async () => {
		await anas.box.pressSequentially('Hm');
		await expect(bo.page.getByText('Ana is typing…')).toBeVisible();
		await anas.box.fill('');
		await expect(bo.page.getByText('Ana is typing…')).toHaveCount(0);

		await bo.controls.getByRole('button', { name: 'People' }).click();
		await bo.page.getByRole('button', { name: 'More about Ana' }).click();
		await bo.page.getByRole('menuitem', { name: 'Message' }).click();
		await bos.send('just for you');
		await expect(ana.page.getByText('just for you').first()).toBeVisible();
		await expect(anas.log).not.toContainText('just for you');
	});
	await test.step('a reload keeps it all', async () => {
		await bo.page.reload();
		const again = await ChatPage.open(bo, roomId);
		for (const text of ['I have a dog', 'What is its name?', 'Message deleted']) {
			await expect(again.message(text).first()).toBeVisible();
		}
		await expect(again.message('What is its name?')).toContainText('👍');
	});
	await test.step('a message is told outside of a hidden page, and nothing of it to those who muted the room', async () => {
		await bo.context.addInitScript(noteNotifications);
		await bo.toLobby(roomId);
		await bo.join();
		await ChatPage.beside(bo);
		await bo.page.evaluate(() =>
			Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true }),
		);
		await bo.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
		await anas.send('are you there?');
		await expect.poll(() => bo.page.evaluate(() => window.told)).toEqual(['Ana: are you there?']);

		await bo.page.evaluate(() => Reflect.deleteProperty(document, 'visibilityState'));
		await bo.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
		await bo.page.getByRole('button', { name: 'More about this chat' }).click();
		await bo.page.getByRole('menuitem', { name: 'Mute notifications' }).click();
		await bo.page.getByRole('button', { name: 'Close chat' }).click();
		await expect(bo.page.locator('[data-sonner-toast]')).toHaveCount(0);
		await anas.send('nobody rings');
		await expect(bo.controls.getByRole('button', { name: 'Chat' })).toHaveAccessibleDescription(
			/^Chat, 1 unread/,
		);
		await expect(bo.page.locator('[data-sonner-toast]')).toHaveCount(0);
	});
	await test.step('one calls the other from the list of people in the room', async () => {
		await bo.controls.getByRole('button', { name: 'People' }).click();
		await bo.page.getByRole('button', { name: 'More about Ana' }).click();
		await bo.page.getByRole('menuitem', { name: 'Call…' }).click();
		await bo.page.getByRole('dialog').getByRole('button', { name: 'Call', exact: true }).click();
		const call = bo.page.getByRole('region', { name: 'Call to Ana' });
		await expect(call).toContainText('Ringing…');
		await expect(ana.page.getByRole('alertdialog')).toContainText('Bo is calling with video');
	});
});

test('the chat is there before the call, in it, after it, and in another tab', async ({
	person,
	roomId,
}) => {
	const [ana, bo] = [await person('Ana'), await person('Bo')];
	const before = await ChatPage.open(ana, roomId);
	await before.send('said before');
	await bo.toLobby(roomId);
	await bo.join();
	const during = await ChatPage.beside(bo);
	await expect(during.message('said before')).toBeVisible();
	await during.send('said in the call');
	await expect(before.message('said in the call')).toBeVisible();
	await bo.controls.getByRole('button', { name: 'Leave' }).click();
	await bo.page.getByRole('link', { name: 'Chat' }).click();
	const after = new ChatPage(bo);
	await expect(after.message('said in the call')).toBeVisible();
	await after.send('said after');
	const tab = new ChatPage({ page: await ana.context.newPage() });
	await tab.page.goto(`/room/${roomId}/chat`);
	await expect(tab.message('said after')).toBeVisible();
	await expect(before.message('said after')).toBeVisible();
	await expect(tab.log).toContainText(/Bo joined|Bo left/);
});

test('markup stays text, links stay links, and nothing runs', async ({ person, roomId }) => {
	const ana = await person('Ana');
	let ran = false;
	ana.page.on('dialog', (dialog) => {
		ran = true;
		void dialog.dismiss();
	});
	const chat = await ChatPage.open(ana, roomId);
	const hostile = [
		'<img src=x onerror=alert(1)>',
		'<script>alert(1)</script>',
		'[press me](javascript:alert(1))',
		'![](https://evil.example/track.png)',
		'<a href="javascript:alert(1)">x</a>',
		'<svg onload=alert(1)>',
	];
	for (const text of hostile) await chat.send(text);
	await chat.send('**bold** *slanted* `code` https://example.org/a?b=c and\n- one\n- two');
	const last = chat.message('slanted');
	await expect(last.locator('strong')).toHaveText('bold');
	await expect(last.locator('em')).toHaveText('slanted');
	await expect(last.getByRole('listitem')).toHaveText(['one', 'two']);
	const link = last.getByRole('link', { name: 'https://example.org/a?b=c' });
	await expect(link).toHaveAttribute('rel', /noopener/);
	for (const forbidden of ['img', 'script', 'svg[onload]', 'a[href^="javascript:"]']) {
		await expect(chat.log.locator(`.bubble ${forbidden}`)).toHaveCount(0);
	}
	await expect(chat.message('<img src=x onerror=alert(1)>')).toBeVisible();
	expect(ran).toBe(false);
});

test('what is sent while the connection is lost waits, and arrives once', async ({
	person,
	roomId,
}) => {
	const [ana, bo] = [await person('Ana'), await person('Bo')];
	const [anas, bos] = [await ChatPage.open(ana, roomId), await ChatPage.open(bo, roomId)];
	await anas.send('before');
	await expect(bos.message('before')).toBeVisible();
	await ana.context.setOffline(true);
	await ana.page.evaluate(() => window.dispatchEvent(new Event('offline')));
	await bos.send('meanwhile');
	await anas.box.fill('while away');
	await anas.box.press('Enter');
	await expect(anas.message('while away')).toBeVisible();
	// The one before it is not taken for it.
	await anas.box.press('ArrowUp');
	await expect(anas.box).toHaveValue('');
	await expect(anas.page.getByText('Edit your message')).toHaveCount(0);
	await ana.context.setOffline(false);
	await expect(bos.message('while away')).toBeVisible({ timeout: 40_000 });
	await expect(anas.message('meanwhile')).toBeVisible();
	await ana.page.reload();
	for (const chat of [anas, bos]) {
		await expect(chat.message('while away')).toHaveCount(1);
		const texts = await chat.log.getByRole('article').allInnerTexts();
		const order = ['before', 'meanwhile', 'while away'].map((text) =>
			texts.findIndex((shown) => shown.includes(text)),
		);
		expect(order).toEqual(order.toSorted((a, b) => a - b));
	}
});

test('a history of 5000 is read to its beginning with few elements, searched, and jumped into', async ({
	person,
	roomId,
}) => {
	const ana = await person('Ana');
	const first = await ChatPage.open(ana, roomId);
	await seedChat(dataDir, roomId as RoomId, 5000);
	await ana.page.reload();
	const chat = first;
	await expect(chat.message('Entry 5000')).toBeVisible();

	await chat.log.hover();
	await chat.log.evaluate((log) => {
		window.read = { entries: new Set(), most: 0 };
		const look = () => {
			const articles = log.querySelectorAll('article, [role="article"]');
			window.read.most = Math.max(window.read.most, articles.length);
			for (const { textContent } of articles)
				window.read.entries.add(Number(/Entry (\d+)/.exec(textContent)?.[1] ?? 0));
		};
		look();
		new MutationObserver(look).observe(log, { childList: true, subtree: true });
	});
	const top = () => chat.log.evaluate((log) => log.scrollTop);
	const isSeen = (entry: number) => ana.page.evaluate((one) => window.read.entries.has(one), entry);
	for (let turn = 0; turn < 800 && !(await isSeen(4600)); turn++) {
		const before = await top();
		await ana.page.mouse.wheel(0, -400);
		// Two turns at once would go past what lies between.
		await expect.poll(top, { intervals: [10] }).not.toBe(before);
	}
	const missed = await ana.page.evaluate(() =>
		Array.from({ length: 400 }, (_, index) => 4601 + index).filter(
			(entry) => !window.read.entries.has(entry),
		),
	);
	expect(missed).toEqual([]);
	expect(await ana.page.evaluate(() => window.read.most)).toBeLessThan(120);

	await ana.page.getByRole('button', { name: 'Search', exact: true }).click();
	await ana.page.getByRole('searchbox', { name: 'Search messages' }).fill('entry 1234');
	await ana.page.getByRole('list', { name: 'Search results' }).getByRole('button').first().click();
	await expect(chat.message(/Entry 1234\b/)).toBeInViewport();
	await ana.page.getByRole('button', { name: /latest/i }).click();
	await expect(chat.message('Entry 5000')).toBeInViewport();
});

test('files: a picture and a large one with progress, cancelled and sent, for members only', async ({
	person,
	roomId,
}) => {
	const [ana, bo] = [await person('Ana'), await person('Bo')];
	const [anas, bos] = [await ChatPage.open(ana, roomId), await ChatPage.open(bo, roomId)];
	const picker = ana.page.locator('input[type="file"]');
	const picture = await ana.page.evaluate(async () => {
		const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
		const context = canvas.getContext('2d');
		if (context) context.fillStyle = 'teal';
		context?.fillRect(0, 0, 320, 180);
		return canvas.toDataURL('image/png').split(',')[1] ?? '';
	});
	await picker.setInputFiles([
		{ name: 'view.png', mimeType: 'image/png', buffer: Buffer.from(picture, 'base64') },
		{ name: '<b>notes.txt', mimeType: 'text/html', buffer: Buffer.from('plain words') },
	]);
	await anas.box.fill('Two files');
	await expect(ana.page.getByRole('button', { name: 'Remove view.png' })).toBeVisible();
	await expect(ana.page.getByRole('button', { name: 'Remove <b>notes.txt' })).toBeVisible();
	await ana.page.getByRole('button', { name: 'Send', exact: true }).click();
	const shown = bos.message('Two files').getByRole('img', { name: 'view.png' });
	await expect(shown).toBeVisible();
	await expect
		.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth))
		.toBe(320);
	const card = bos.message('Two files').getByRole('link', { name: /notes/ });
	const address = (await card.getAttribute('href')) ?? '';
	expect(await (await bo.page.request.get(address)).text()).toBe('plain words');
	const stranger = await person('Stranger');
	await stranger.page.goto('/');
	expect((await stranger.page.request.get(address)).status()).toBe(404);

	// Slow enough to look at, and to stop.
	const session = await ana.context.newCDPSession(ana.page);
	await session.send('Network.enable');
	const speed = (bytes: number) =>
		session.send('Network.emulateNetworkConditions', {
			offline: false,
			latency: 0,
			downloadThroughput: -1,
			uploadThroughput: bytes,
		});
	await speed(300_000);
	const large = {
		name: 'large.bin',
		mimeType: 'application/octet-stream',
		buffer: Buffer.alloc(3_000_000, 7),
	};
	await picker.setInputFiles([large]);
	const progress = ana.page.getByRole('progressbar', { name: 'Uploading large.bin' });
	await expect
		.poll(() => progress.evaluate((bar: HTMLProgressElement) => bar.value))
		.toBeGreaterThan(0);
	await ana.page.getByRole('button', { name: 'Cancel large.bin' }).click();
	await expect(progress).toHaveCount(0);
	await picker.setInputFiles([large]);
	await expect(progress).toBeVisible();
	await speed(-1);
	await ana.page.getByRole('button', { name: 'Send', exact: true }).click();
	await expect(bos.log.getByRole('link', { name: /large\.bin/ })).toBeVisible();
});

test('a file is dragged over the chat, which offers itself, and dropped into it', async ({
	person,
	roomId,
}) => {
	const ana = await person('Ana');
	const chat = await ChatPage.open(ana, roomId);
	const brought = await ana.page.evaluateHandle(() => {
		const transfer = new DataTransfer();
		transfer.items.add(new File(['plain words'], 'dropped.txt', { type: 'text/plain' }));
		return transfer;
	});
	const drag = (name: string) => chat.box.dispatchEvent(name, { dataTransfer: brought });
	const offer = ana.page.getByText('Drop files to attach them');
	await drag('dragenter');
	await expect(offer).toBeVisible();
	await drag('dragleave');
	await expect(offer).toHaveCount(0);
	await drag('dragenter');
	await drag('drop');
	await expect(offer).toHaveCount(0);
	await expect(ana.page.getByRole('button', { name: 'Remove dropped.txt' })).toBeVisible();
	await chat.send('Here it is');
	await expect(chat.message('Here it is').getByRole('link', { name: /dropped/ })).toBeVisible();
});

test('an access token is made, shown once, and taken back', async ({ person }) => {
	const ana = await person('Ana');
	await ana.page.goto('/settings');
	// The page listens once it has asked what there is.
	await expect(ana.page.getByText('No tokens yet.')).toBeVisible();
	await ana.page.getByRole('textbox', { name: 'Name', exact: true }).fill('Nightly script');
	await ana.page.getByRole('button', { name: 'Create token' }).click();
	const secret = ana.page
		.getByText(/^parley_[\w-]{43}$/)
		.or(ana.page.locator('input[value^="parley_"]'));
	await expect(secret.first()).toBeVisible();
	await ana.page.reload();
	await expect(ana.page.getByText('Nightly script')).toBeVisible();
	await expect(secret).toHaveCount(0);
	await ana.page.getByRole('button', { name: /^Revoke/ }).click();
	await ana.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
	await expect(ana.page.getByText('Nightly script')).toHaveCount(0);
});
