/**
 * A process of people who are in calls and write there: `bystander.ts URL`. Says `ready`, and for each number of
 * milliseconds it is told, measures so long how many ms a cheap request and a post take. Says both lists. What is not
 * answered within the patience counts as so long.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { newMessageId, newRoomId, type RoomId } from '../../../shared/ids.ts';
import { TestClient } from '../../support/client.ts';

const [url = ''] = process.argv.slice(2);
const patience = 5_000;
/** How many of them: one alone asks too rarely to tell much, for they stay within the budget of a person. */
const people = 3;
/** Between two requests of a person, in ms. */
const step = 40;

process.on('disconnect', () => process.exit(0));

type Bystander = { client: TestClient; roomId: RoomId };

async function join(_: unknown, index: number): Promise<Bystander> {
	const roomId = newRoomId();
	const client = await TestClient.connect({ url }, { from: `127.2.${index}.1` });
	await client.join(roomId, 'Bystander');
	await client.ask('chat:open', { roomId });
	return { client, roomId };
}

async function timed(ask: Promise<unknown>): Promise<number> {
	const began = performance.now();
	await Promise.race([ask.catch(() => pause(patience)), pause(patience)]);
	return performance.now() - began;
}

async function measure(bystanders: Bystander[], ms: number) {
	const end = performance.now() + ms;
	const [requests, posts]: [number[], number[]] = [[], []];
	const live = async ({ client, roomId }: Bystander, index: number) => {
		await pause((index * step) / people);
		for (let turn = 0; performance.now() < end; turn++) {
			requests.push(await timed(client.ask('media:hearing', {})));
			if (turn % 3 === 0) {
				const draft = { body: 'A message about as long as people write.' };
				const input = { chat: { roomId }, messageId: newMessageId(), draft };
				posts.push(await timed(client.ask('chat:post', input)));
			}
			await pause(step);
		}
	};
	await Promise.all(bystanders.map(live));
	process.send?.({ requests, posts });
}

const bystanders = await Promise.all(Array.from({ length: people }, join));
process.on('message', (ms: number) => void measure(bystanders, ms));
process.send?.('ready');
