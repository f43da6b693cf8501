import { pino } from 'pino';
import type { RoomId } from '../../shared/ids.ts';
import { newMessageId, newPersonId } from '../../shared/ids.ts';
import { openStore } from '../../sfu/store/worker/openStore.ts';
import { expect, type Person } from './browser.ts';
import type { Locator, Page } from 'playwright/test';

/** The chat as a person uses it, beside a call or on its own page. */
export class ChatPage {
	readonly page: Page;

	constructor({ page }: Pick<Person, 'page'>) {
		this.page = page;
	}

	get log(): Locator {
		return this.page.getByRole('log', { name: 'Messages' });
	}

	get box(): Locator {
		return this.page.getByRole('textbox', { name: 'Message', exact: true });
	}

	/** The messages that hold this text. */
	message(text: string | RegExp): Locator {
		return this.log.getByRole('article').filter({ hasText: text });
	}

	async send(text: string): Promise<void> {
		await this.box.fill(text);
		await this.page.getByRole('button', { name: 'Send', exact: true }).click();
		await expect(this.box).toHaveValue('');
	}

	/** Opens a message's menu and chooses from it. */
	async choose(text: string | RegExp, entry: string): Promise<void> {
		const message = this.message(text).last();
		await message.hover();
		await message.getByRole('button', { name: 'More' }).click();
		await this.page.getByRole('menuitem', { name: entry, exact: true }).click();
	}

	/** The room's chat on a page of its own; whoever is no member yet becomes one. */
	static async open(person: Person, roomId: string): Promise<ChatPage> {
		const { page } = person;
		await page.goto(`/room/${roomId}/chat`);
		const chat = new ChatPage(person);
		const join = page.getByRole('button', { name: 'Join chat' });
		await expect(join.or(chat.log)).toBeVisible();
		if (await join.isVisible()) {
			await page.getByRole('textbox', { name: 'Your name' }).fill(person.name);
			await join.click();
		}
		await expect(chat.log).toBeVisible();
		return chat;
	}

	/** The chat beside a call that this person is in. */
	static async beside(person: Person): Promise<ChatPage> {
		await person.controls.getByRole('button', { name: 'Chat' }).click();
		const chat = new ChatPage(person);
		await expect(chat.log).toBeVisible();
		return chat;
	}
}

/** Puts that many messages into a room's chat at once, a minute apart, by way of the service's own database. */
export async function seedChat(dataDir: string, roomId: RoomId, count: number): Promise<void> {
	const store = await openStore({ dir: dataDir, databaseUrl: '' }, pino({ level: 'silent' }));
	const author = { personId: newPersonId(), name: 'Chronicler' };
	const key = { roomId, pair: null };
	const began = Date.now() - count * 60_000;
	for (let from = 1; from <= count; from += 1000) {
		const posts = Array.from({ length: Math.min(1000, count - from + 1) }, (_, i) => ({
			key,
			messageId: newMessageId(),
			author,
			at: began + (from + i) * 60_000,
			content: {
				kind: 'text' as const,
				body: `Entry ${from + i}${(from + i) % 7 === 0 ? '\nof several\nlines' : ''}`,
				replyTo: null,
				mentions: [],
				files: [],
			},
		}));
		await store.chats.post(posts);
	}
	await store.close();
}
