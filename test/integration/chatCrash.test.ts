import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import type { Message } from '../../shared/chat.ts';
import { newMessageId, newRoomId, type MessageId } from '../../shared/ids.ts';
import { textOf } from '../support/chat.ts';
import { guestCookie, TestClient } from '../support/client.ts';
import {
	serviceFolder,
	startServiceProcess,
	type ServiceProcess,
} from '../support/serviceProcess.ts';

const folder = serviceFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rounds = 20;
const writers = 4;
const roomId = newRoomId();
const chat = { roomId };

/** What a writer sent: by id, whether it was acknowledged. */
type Sent = Map<MessageId, { body: string; acknowledged: boolean }>;

/** Posts one message after the other until the connection is gone. */
async function storm(client: TestClient, sent: Sent, label: string): Promise<void> {
	for (let i = 0; client.socket.connected; i++) {
		const messageId = newMessageId();
		const entry = { body: `${label}:${i}`, acknowledged: false };
		sent.set(messageId, entry);
		const lost = new Promise<void>((resolve) => client.socket.once('disconnect', () => resolve()));
		const post = client
			.ask('chat:post', { chat, messageId, draft: { body: entry.body } })
			.then(() => void (entry.acknowledged = true))
			.catch(() => undefined);
		await Promise.race([post, lost]);
	}
}

/** Posts again what was not answered. */
function repeatUnanswered(client: TestClient, sent: Sent, label: string): Promise<void>[] {
	const open = [...sent].filter(
		([, { body, acknowledged }]) => !acknowledged && body.startsWith(label),
	);
	return open.map(async ([messageId, entry]) => {
		const { message } = await client.ask('chat:post', {
			chat,
			messageId,
			draft: { body: entry.body },
		});
		expect(textOf(message)).toBe(entry.body);
		entry.acknowledged = true;
	});
}

async function everything(client: TestClient): Promise<Message[]> {
	const found: Message[] = [];
	for (;;) {
		const seq = found.at(-1)?.seq ?? 0;
		const from = { kind: 'after' as const, seq };
		const { messages } = await client.ask('chat:page', { chat, from, limit: 200 });
		if (messages.length === 0) return found;
		found.push(...messages);
	}
}

/** Everything is there once, in order, and says what was sent. */
function check(messages: Message[], sent: Sent): void {
	expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, i) => i + 1));
	expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(messages.length);
	const stored = new Map(messages.map((message) => [message.messageId, textOf(message)]));
	for (const [id, { body, acknowledged }] of sent) {
		if (acknowledged || stored.has(id)) expect(stored.get(id)).toBe(body);
	}
}

test(`CHAT-4: killed ${rounds} times in the middle of posting: all that was acknowledged is there, once`, async () => {
	const sent: Sent = new Map();
	const cookies: string[] = [];
	let acknowledged = 0;
	let service: ServiceProcess = await startServiceProcess(folder);
	for (let round = 0; round < rounds; round++) {
		while (cookies.length < writers) cookies.push(await guestCookie(service.url));
		const clients = await Promise.all(
			cookies.map(async (cookie, i) => {
				const client = await TestClient.connect(service, { cookie });
				await client.ask('chat:enter', { roomId, name: `Writer ${i}` });
				return client;
			}),
		);
		const storms = clients.map((client, i) => storm(client, sent, `${round}:${i}`));
		// The kill falls into every part of a transaction, sooner or later.
		await new Promise((resolve) => setTimeout(resolve, 30 + Math.random() * 200));
		await service.kill();
		await Promise.all(storms);
		for (const client of clients) client.close();
		service = await startServiceProcess(folder);
		const back = await Promise.all(
			cookies.map((cookie) => TestClient.connect(service, { cookie })),
		);
		const [reader] = back;
		if (!reader) throw new Error('nobody came back');
		check(await everything(reader), sent);
		// As clients do: what was under way is sent again with its id, whether it arrived or not.
		await Promise.all(
			back.flatMap((client, i) => repeatUnanswered(client, sent, `${round}:${i}:`)),
		);
		check(await everything(reader), sent);
		for (const client of back) client.close();
		acknowledged = [...sent.values()].filter((entry) => entry.acknowledged).length;
	}
	expect(acknowledged).toBeGreaterThan(rounds * writers);
	await service.close();
}, 180_000);
