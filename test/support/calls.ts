import { newRingId, newRoomId, type PersonId, type RingId, type RoomId } from '../../shared/ids.ts';
import type { Data } from '../../shared/protocol.ts';
import type { Cast, TestClient } from './client.ts';

/** Somebody with a page open, on which it rings. */
export type Caller = { client: TestClient; personId: PersonId; name: string };

/** Opens a page of a new person, or of the one that the cookie belongs to. */
export async function opened(cast: Cast, name: string, cookie?: string): Promise<Caller> {
	const client = await cast.connect(cookie ? { cookie } : {});
	const { personId } = await client.ask('people:enter', { name, idle: false });
	return { client, personId, name };
}

/** Another page of the same person. */
export const again = (cast: Cast, { client, name }: Caller): Promise<Caller> =>
	opened(cast, name, client.cookie);

/** These people have met in the room of the cast. */
export async function meet(cast: Cast, ...people: Caller[]): Promise<void> {
	for (const { client, name } of people)
		await client.ask('chat:enter', { roomId: cast.roomId, name });
}

/** People with open pages who have met. */
export async function acquainted(cast: Cast, ...names: string[]): Promise<Caller[]> {
	const people = [];
	for (const name of names) people.push(await opened(cast, name));
	await meet(cast, ...people);
	return people;
}

/** Ann and Ben, who have met. */
export async function two(cast: Cast): Promise<[Caller, Caller]> {
	const [ann, ben] = await acquainted(cast, 'Ann', 'Ben');
	if (!ann || !ben) throw new Error('two people are not two');
	return [ann, ben];
}

export type Rung = { ringId: RingId; roomId: RoomId; answer: Data<'call:start'> };

/** Calls somebody, into a new room unless another one is named. */
export async function call(
	from: Caller,
	to: Pick<Caller, 'personId'>,
	{ ringId = newRingId(), roomId = newRoomId() }: Partial<Rung> = {},
): Promise<Rung> {
	const { personId } = to;
	const about = { ringId, roomId, personId, name: from.name, video: true };
	return { ringId, roomId, answer: await from.client.ask('call:start', about) };
}

/** The outcome that somebody's page was told of a ring. */
export async function outcomeOf({ client }: Caller, ringId: RingId) {
	return (await client.until('call:over', (told) => told.ringId === ringId)).outcome;
}

/** Two in the call that one made and the other accepted. */
export async function talking(from: Caller, to: Caller): Promise<Rung> {
	const rung = await call(from, to);
	await from.client.join(rung.roomId, from.name);
	await to.client.until('call:ringing', ({ ring }) => ring.ringId === rung.ringId);
	await to.client.ask('call:accept', { ringId: rung.ringId });
	await to.client.join(rung.roomId, to.name);
	return rung;
}

/** The lines about calls in the chat of two, as one of them reads them. */
export async function callLines({ client, name }: Caller, { personId }: Caller) {
	const { roomId } = await client.ask('people:direct', { personId, name });
	const chat = { roomId };
	const { messages } = await client.ask('chat:page', { chat, from: { kind: 'latest' } });
	return messages.map(({ author, content }) =>
		content.kind === 'system' && content.system.event === 'called'
			? { by: author.name, outcome: content.system.outcome, seconds: content.system.seconds }
			: { by: author.name, says: content.kind === 'text' ? content.body : null },
	);
}
