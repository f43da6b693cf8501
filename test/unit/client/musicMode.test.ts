import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakePage, outcome, pass, until } from '../../support/clientEngine/fakePage.ts';
import { FakeRoom } from '../../support/clientEngine/fakeRoom.ts';

let page: FakePage;
beforeEach(async () => {
	page = await FakePage.open();
});
afterEach(() => page.close());

/** How the microphones that are sent now are encoded. */
const encoded = () =>
	page.media.open
		.flatMap(({ producers }) => producers)
		.filter(({ kind, closed }) => kind === 'audio' && !closed)
		.map(({ codecOptions }) => codecOptions);
const music = { opusStereo: true, opusDtx: false, opusMaxAverageBitrate: 128_000 };
const voice = { opusStereo: false, opusDtx: true };

async function inLobby() {
	const room = new FakeRoom(page.server);
	const { call, told } = page.call(room.id);
	await until(() => told.last('status')?.connection === 'connected', 'it is connected', 30_000);
	return call;
}

test('music is sent by another producer, in place of the one of the voice, and the voice again after it', async () => {
	const call = await inLobby();
	expect(await outcome(call.join('Ana'))).toBeNull();
	await until(() => page.media.sent('audio')[0] === 'desk (label)', 'the voice is sent');
	expect(encoded()).toMatchObject([voice]);
	for (const [musicMode, expected, producers] of [
		[true, music, 3],
		[false, voice, 4],
	] as const) {
		await call.devices.setProcessing({ musicMode });
		await until(() => page.server.count('media:produce') === producers, 'another is made');
		await pass(50);
		expect(encoded()).toMatchObject([expected]);
		expect(page.media.sent('audio')).toEqual(['desk (label)']);
	}
	// The camera was left alone.
	expect(page.media.sent('video')).toEqual(['front (label)']);
	expect(page.server.count('media:close')).toBe(2);
});

test('whatever is turned on and off while producers are made, the last word counts', async () => {
	const call = await inLobby();
	void call.devices.setProcessing({ musicMode: true });
	const joining = call.join('Ana');
	void call.devices.setProcessing({ musicMode: false });
	expect(await outcome(joining)).toBeNull();
	void call.devices.setProcessing({ musicMode: true });
	await pass(200);
	expect(encoded()).toMatchObject([music]);
	expect(page.media.sent('audio')).toEqual(['desk (label)']);
});

test('a muted microphone stays muted', async () => {
	const call = await inLobby();
	await call.devices.set('microphone', false);
	expect(await outcome(call.join('Ana'))).toBeNull();
	await call.devices.setProcessing({ musicMode: true });
	await pass(200);
	expect(encoded()).toMatchObject([music]);
	const stated = page.server
		.inputs('media:produce')
		.filter(({ source }) => source === 'microphone');
	expect(stated.at(-1)).toMatchObject({ paused: true });
	expect(page.browser.live('audio').every(({ enabled }) => !enabled)).toBe(true);
});
