import { pino } from 'pino';
import { openStore } from '../../sfu/store/worker/openStore.ts';
import { newMessageId } from '../../shared/ids.ts';
import type { ChatKey, Post } from '../../sfu/store/api/store.ts';
import type { Author } from '../../shared/chat.ts';

// Posts as fast as it can, in batches from several sides, and prints the ids of each batch once it is
// acknowledged. A process of its own, to be killed.

type Settings = { dir: string; databaseUrl: string; key: ChatKey; author: Author };
const { dir, databaseUrl, key, author } = JSON.parse(process.argv[2] ?? '') as Settings;
const store = await openStore({ dir, databaseUrl }, pino({ level: 'silent' }));

async function postForEver(): Promise<never> {
	for (;;) {
		const posts = Array.from({ length: 5 }, (): Post => {
			const messageId = newMessageId();
			return {
				key,
				messageId,
				author,
				at: Date.now(),
				content: { kind: 'text', body: messageId, replyTo: null, mentions: [], files: [] },
			};
		});
		await store.chats.post(posts);
		process.stdout.write(`${posts.map(({ messageId }) => messageId).join(' ')}\n`);
	}
}

await Promise.all(Array.from({ length: 3 }, postForEver));
