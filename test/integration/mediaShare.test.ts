import { expect, test } from 'vitest';
import { type Cast, eventually, type TestClient } from '../support/client.ts';
import { consumersInWorker } from '../support/consumersInWorker.ts';
import { produceInput } from '../support/rtp.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
withService((on) => ({ cast } = on));

/** A share as browsers send it: one picture, with layers of time. */
function screen() {
	const input = produceInput('screen', { width: 1920, height: 1080, layers: 1 });
	const { encodings: _, headerExtensions, ...rtpParameters } = input.rtpParameters;
	const encodings = [{ ssrc: Math.ceil(Math.random() * 1e9), scalabilityMode: 'L1T3' }];
	const extensions = headerExtensions?.filter(({ id }) => id === 1);
	return {
		...input,
		rtpParameters: { ...rtpParameters, encodings, headerExtensions: extensions },
	};
}

async function share(sender: TestClient) {
	const [picture, sound] = [screen(), produceInput('screen-audio')];
	await Promise.all([sender.ask('media:produce', picture), sender.ask('media:produce', sound)]);
	return { picture: picture.producerId, sound: sound.producerId };
}

test('ROOM-1: every share and its sound come with the join, whatever there is room for', async () => {
	const senders = [await cast.joined('One'), await cast.joined('Two')];
	const shares = await Promise.all(senders.map(share));
	for (const sender of senders) await sender.ask('media:produce', produceInput('camera'));
	const visitor = await cast.connect();
	const { consumers } = await visitor.join(cast.roomId, 'Visitor', 0);
	expect(consumers.map(({ producerId }) => producerId).sort()).toEqual(
		shares.flatMap(({ picture, sound }) => [picture, sound]).sort(),
	);
	const priorities = consumers
		.filter(({ kind }) => kind === 'video')
		.map(({ consumerId }) => consumersInWorker.get(consumerId)?.priority);
	await visitor.ask('media:resume', {
		consumerIds: consumers.map(({ consumerId }) => consumerId),
	});
	expect(priorities).toHaveLength(2);
	await eventually(() =>
		consumers
			.filter(({ kind }) => kind === 'video')
			.every(({ consumerId }) => consumersInWorker.get(consumerId)?.priority === 255),
	);
});

test('MEDIA-9: a share is sent in full, however small it is shown', async () => {
	const [watcher, sender] = [await cast.joined('Watcher'), await cast.joined('Sender')];
	// Whoever sends one in several sizes is taken at their word.
	const layered = produceInput('screen', { width: 1920, height: 1080 });
	await sender.ask('media:produce', layered);
	const { producerId } = layered;
	const want = { producerId, width: 160, height: 90, priority: 255 };
	const { consumers } = await watcher.ask('media:want', { wants: [want] });
	const consumer = consumersInWorker.get(consumers[0]?.consumerId ?? '');
	expect(consumer?.preferredLayers?.spatialLayer).toBe(2);
	await watcher.ask('media:resume', { consumerIds: consumers.map((info) => info.consumerId) });
	expect(consumer?.priority).toBe(255);
});

test('MEDIA-10: a share that nobody shows is not in demand, and at once when somebody does', async () => {
	const [watcher, sender] = [await cast.joined('Watcher'), await cast.joined('Sender')];
	const { picture: producerId } = await share(sender);
	const last = () =>
		sender.told('media:demand').findLast((told) => told.producerId === producerId)?.spatialLayer;
	await eventually(() => last() === null);
	const want = { producerId, width: 160, height: 90, priority: 255 };
	await watcher.ask('media:want', { wants: [want] });
	await eventually(() => last() === 0);
	await watcher.ask('media:want', { wants: [{ ...want, width: 0, height: 0 }] });
	await eventually(() => last() === null);
});

test('MEDIA-2: several people share at the same time, each for themselves', async () => {
	const people = await Promise.all(['One', 'Two', 'Three'].map((name) => cast.joined(name)));
	const shares = await Promise.all(people.map(share));
	for (const [index, watcher] of people.entries()) {
		const others = shares.filter((_, at) => at !== index);
		await eventually(() => watcher.told('producer:added').length >= 2 * others.length);
		const wants = others.map(({ picture: producerId }) => {
			return { producerId, width: 640, height: 360, priority: 255 };
		});
		const { consumers, unavailable } = await watcher.ask('media:want', { wants });
		expect([consumers.length, unavailable]).toEqual([2, []]);
	}
	// What one of them ends is theirs alone.
	const ended = shares[0]?.picture;
	if (!ended) throw new Error('There are three.');
	await people[0]?.ask('media:close', { producerId: ended });
	await people[1]?.until('producer:closed', (told) => told.producerId === ended);
	expect(people[1]?.told('producer:closed')).toHaveLength(1);
});
