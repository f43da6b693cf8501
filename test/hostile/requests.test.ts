import fc from 'fast-check';
import { afterAll, beforeAll } from 'vitest';
import { newRoomId, type RoomId } from '../../shared/ids.ts';
import { requests, type RequestName } from '../../shared/protocol.ts';
import type { TestClient } from '../support/client.ts';
import { fitting, idsIn, withHeard } from './fitting.ts';
import { underAttack } from './run.ts';
import { Target } from './target.ts';

const target = new Target();
beforeAll(() => target.ready());
afterAll(() => target.close());

const names = Object.keys(requests) as RequestName[];

type Asked = { name: RequestName; input: unknown };
const asked: fc.Arbitrary<Asked> = fc
	.constantFrom(...names)
	.chain((name) => fitting(requests[name].input).map((input) => ({ name, input })));

/** Somebody in a room of the attackers or in that of a bystander, who asks for all of this at once. */
type Session = { beside: boolean; joins: boolean; asks: Asked[] };
const session: fc.Arbitrary<Session> = fc.record({
	beside: fc.boolean(),
	joins: fc.constantFrom(true, true, true, false),
	asks: fc.array(asked, { minLength: 1, maxLength: 20 }),
});

const idle: Session = { beside: false, joins: false, asks: [] };

async function carryOut(client: TestClient, own: RoomId, { beside, joins, asks }: Session) {
	const roomId = beside ? target.roomId : own;
	const heard: unknown[] = [];
	const hear = (answer: unknown) => void heard.push(answer);
	if (joins) hear(await client.join(roomId, 'Attacker'));
	await client.raw('chat:enter', { roomId, name: 'Attacker' }).then(hear);
	await client.raw('chat:open', { roomId }).then(hear);
	await client.raw('people:enter', { name: 'Attacker', idle: false }).then(hear);
	const ids = idsIn([heard, client.facts]);
	// All of them without waiting: each is answered, whatever the others are (CONN-3, CONN-7).
	await Promise.all(
		asks.map(async ({ name, input }) => {
			const given = withHeard(input, roomId, ids);
			const answer = await client.raw(name, given);
			if (!answer.ok && answer.error.code === 'INTERNAL')
				throw new Error(`${name} is answered INTERNAL, for ${JSON.stringify(given).slice(0, 500)}`);
		}),
	);
}

underAttack(
	'requests-that-fit',
	'no request of the protocol harms the service, its workers, or anybody else',
	session,
	(batch) =>
		target.survives(async () => {
			const own = newRoomId();
			const clients = await Promise.all(batch.map((_, index) => target.connect(index)));
			try {
				await Promise.all(
					clients.map((client, index) => carryOut(client, own, batch[index] ?? idle)),
				);
			} finally {
				for (const client of clients) client.close();
			}
		}),
	() => target.settles(),
);
