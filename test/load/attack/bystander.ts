/**
 * A process of somebody who is in a call and writes there: `bystander.ts URL`. Says `ready`, and for each number of
 * milliseconds it is told, measures so long how many ms a cheap request and a post take, by turns. Says both lists. What is
 * not answered within the patience counts as so long.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { newMessageId, newRoomId } from '../../../shared/ids.ts';
import { TestClient } from '../../support/client.ts';

const [url = ''] = process.argv.slice(2);
const from = '127.2.0.1';
const patience = 5_000;

process.on('disconnect', () => process.exit(0));

const roomId = newRoomId();
const client = await TestClient.connect({ url }, { from });
await client.join(roomId, 'Bystander');
await client.ask('chat:open', { roomId });

async function timed(ask: Promise<unknown>): Promise<number> {
	const began = performance.now();
	await Promise.race([ask.catch(() => pause(patience)), pause(patience)]);
	return performance.now() - began;
}

async function measure(ms: number): Promise<void> {
	const end = performance.now() + ms;
	const [requests, posts]: [number[], number[]] = [[], []];
	for (let turn = 0; performance.now() < end; turn++) {
		requests.push(await timed(client.ask('media:hearing', {})));
		// Fewer posts than requests: both together stay within the budget of a person.
		if (turn % 3 === 0) {
			const draft = { body: 'A message about as long as people write.' };
			const input = { chat: { roomId }, messageId: newMessageId(), draft };
			posts.push(await timed(client.ask('chat:post', input)));
		}
		await pause(40);
	}
	process.send?.({ requests, posts });
}

process.on('message', (ms: number) => void measure(ms));
process.send?.('ready');
