import { expect, test } from 'vitest';
import { eventually, type Cast, type TestClient } from '../support/client.ts';
import { produceInput } from '../support/rtp.ts';
import { withService } from '../support/withService.ts';

/*
 * Clients without a network path of their own: what needs one is seen in browsers (`connectionLoss.spec.ts`).
 */

let cast: Cast;
withService((on) => ({ cast } = on));

const hearing = (client: TestClient) => client.ask('media:hearing', {});

test('ROOM-12: no microphone, a muted one, and one whose way to the server is not there', async () => {
	const [one, two] = [await cast.joined('One'), await cast.joined('Two')];
	expect(await hearing(one)).toMatchObject({
		microphone: 'none',
		peers: [{ state: 'not-ready' }],
	});
	const microphone = produceInput('microphone');
	const { producerId } = microphone;
	await one.ask('media:produce', microphone);
	expect(await hearing(one)).toMatchObject({ microphone: 'unreached' });
	await one.ask('media:update', { producerId, paused: true, width: 0, height: 0 });
	expect(await hearing(one)).toMatchObject({ microphone: 'paused' });
	await one.ask('media:close', { producerId });
	expect(await hearing(one)).toMatchObject({ microphone: 'none' });
	await two.ask('room:leave', {});
	expect((await hearing(one)).peers).toEqual([]);
});

test('ROOM-12: who lost their connection hears nothing for all one knows', async () => {
	const [one, two] = [await cast.joined('One'), await cast.joined('Two')];
	await one.ask('media:produce', produceInput('microphone'));
	two.socket.disconnect();
	await eventually(async () => (await hearing(one)).peers[0]?.state === 'lost');
});

test('ROOM-12: only those in the call are told', async () => {
	const visitor = await cast.connect();
	expect(await visitor.codeOf('media:hearing', {})).toBe('WRONG_PHASE');
	await visitor.ask('lobby:enter', { roomId: cast.roomId });
	expect(await visitor.codeOf('media:hearing', {})).toBe('WRONG_PHASE');
});
