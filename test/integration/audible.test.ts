import { expect, test } from 'vitest';
import { type Cast, eventually, type TestClient } from '../support/client.ts';
import { consumersInWorker } from '../support/consumersInWorker.ts';
import { produceInput } from '../support/rtp.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
withService((on) => ({ cast } = on), { rooms: { audibleSpeakers: 2 } });

/** Three people with open microphones. */
async function three(): Promise<{ clients: TestClient[]; producerIds: string[] }> {
	const clients = [await cast.joined('One'), await cast.joined('Two'), await cast.joined('Three')];
	const producerIds: string[] = [];
	for (const client of clients) {
		const microphone = produceInput('microphone');
		await client.ask('media:produce', microphone);
		producerIds.push(microphone.producerId);
	}
	return { clients, producerIds };
}

/** Which of these flow to somebody who has just come and is ready for all. */
async function listening(producerIds: string[]): Promise<() => boolean[]> {
	const listener = await cast.connect();
	const { consumers } = await listener.join(cast.roomId, 'Listener');
	expect(consumers.map(({ producerId }) => producerId).sort()).toEqual([...producerIds].sort());
	const consumerIds = consumers.map(({ consumerId }) => consumerId);
	expect((await listener.ask('media:resume', { consumerIds })).unavailable).toEqual([]);
	return () =>
		producerIds.map((producerId) => {
			const info = consumers.find((consumer) => consumer.producerId === producerId);
			return consumersInWorker.get(info?.consumerId ?? '')?.paused === false;
		});
}

test('ROOM-11: as many microphones as are heard at a time flow, to everybody alike', async () => {
	const { clients, producerIds } = await three();
	const flows = await listening(producerIds);
	expect(flows()).toEqual([true, true, false]);
	const alike = await listening(producerIds);
	expect(alike()).toEqual([true, true, false]);

	const [first] = clients;
	const [producerId = ''] = producerIds;
	const update = { producerId, width: 0, height: 0 };
	await first?.ask('media:update', { ...update, paused: true });
	await eventually(() => flows()[2] === true && alike()[2] === true);
	await first?.ask('media:update', { ...update, paused: false });
	// Whoever is heard stays so until somebody else speaks.
	await eventually(() => !flows()[0] && !alike()[0]);
	expect(flows()).toEqual([false, true, true]);
	await clients[1]?.ask('room:leave', {});
	await eventually(() => flows()[0] === true);
});

test('ROOM-11: what is not heard flows at once when it may, only if its client is ready', async () => {
	const { clients, producerIds } = await three();
	const listener = await cast.connect();
	const { consumers } = await listener.join(cast.roomId, 'Listener');
	await clients[0]?.ask('room:leave', {});
	await clients[2]?.ask('media:want', { wants: [] });
	const [, , third] = producerIds;
	const info = consumers.find(({ producerId }) => producerId === third);
	const inWorker = consumersInWorker.get(info?.consumerId ?? '');
	expect(inWorker?.paused).toBe(true);
	await listener.ask('media:resume', { consumerIds: info ? [info.consumerId] : [] });
	expect(inWorker?.paused).toBe(false);
});
