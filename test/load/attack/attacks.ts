import { setTimeout as pause } from 'node:timers/promises';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { newMessageId, newProducerId, newRoomId } from '../../../shared/ids.ts';
import { TestClient } from '../../support/client.ts';
import { metadata } from '../../support/person.ts';
import { dtls, produceInput } from '../../support/rtp.ts';
import {
	askOnce,
	cookieFrom,
	frame,
	requestBytes,
	upgrade,
	Wire,
	type Header,
} from '../../support/wire.ts';

/** Where an attacker stands: one machine with one address. */
const from = '127.1.0.1';

/** One attack: gets ready, and gives back what is done again and again, so many times at once. */
type Attack = {
	abreast: number;
	prepare(url: string): Promise<() => Promise<unknown>>;
};

const noPage = { videos: 0, width: 0, height: 0 };
const host = (url: string): Header => ['Host', new URL(url).host];

/** A connection that speaks Socket.IO without a library, as a guest unless told otherwise. */
async function rawSocket(url: string, cookie?: string): Promise<Wire> {
	const wire = await Wire.open(url, from);
	const own: Header = ['Cookie', cookie ?? (await cookieFrom(url, from))];
	await upgrade(wire, url, 'EIO=4&transport=websocket', [own]);
	wire.send(frame('40'));
	await wire.until((heard) => heard.includes('40{"sid"'), 2_000);
	return wire;
}

/** Somebody with a room of their own, in whose chat are so many messages of this length. */
async function writer(url: string, messages: number, length: number) {
	const client = await TestClient.connect({ url }, { from });
	const roomId = newRoomId();
	await client.ask('chat:enter', { roomId, name: 'Attacker' });
	await client.ask('chat:open', { roomId });
	for (let index = 0; index < messages; index++) {
		const draft = { body: 'a word '.repeat(length / 7).trim() };
		const input = { chat: { roomId }, messageId: newMessageId(), draft };
		// Within the budget of a person.
		while ((await client.codeOf('chat:post', input)) === 'TOO_MANY_REQUESTS') await pause(200);
	}
	return { client, roomId };
}

async function json(url: string, path: string, body: object): Promise<number> {
	const headers: Header[] = [
		['Cookie', await cookieFrom(url, from)],
		['Content-Type', 'application/json'],
	];
	const { status } = await askOnce(url, from, {
		...{ method: 'POST', path, headers },
		body: JSON.stringify(body),
	});
	return status;
}

const immutable = join(import.meta.dirname, '../../../web/build/_app/immutable/assets');
const largest = () =>
	readdirSync(immutable)
		.filter((name) => !/\.(?:br|gz)$/.test(name))
		.sort((a, b) => statSync(join(immutable, b)).size - statSync(join(immutable, a)).size)[0];

/** The attacks, each within what one machine can do in a few seconds. */
export const attacks: Record<string, Attack> = {
	'requests at the budget': {
		abreast: 16,
		async prepare(url) {
			const client = await TestClient.connect({ url }, { from });
			await client.join(newRoomId(), 'Attacker');
			return () => client.raw('media:want', { wants: [] });
		},
	},
	'a socket that does not read': {
		abreast: 1,
		async prepare(url) {
			const { client, roomId } = await writer(url, 60, 7_700);
			const wire = await rawSocket(url, client.cookie);
			wire.deafen();
			const input = { chat: { roomId }, from: { kind: 'latest' }, limit: 200 };
			const asked = frame(`420${JSON.stringify(['chat:page', input])}`);
			return () => {
				wire.send(asked);
				return pause(15);
			};
		},
	},
	'nested JSON': {
		abreast: 1,
		async prepare(url) {
			const wire = await rawSocket(url);
			const deep = `420["room:join",${'['.repeat(5_000)}${']'.repeat(5_000)}]`;
			return () => {
				wire.send(frame(deep));
				return pause(5);
			};
		},
	},
	'odd frames': {
		abreast: 4,
		prepare: async (url) => {
			const cookie = await cookieFrom(url, from);
			const odd = [
				'42',
				'4[',
				'451-["x",{"_placeholder":true,"num":0}]',
				'4999',
				'42{"a":1}',
				'1',
				'x',
			];
			let index = 0;
			return async () => {
				const wire = await rawSocket(url, cookie);
				wire.send(frame(odd[index++ % odd.length] ?? ''));
				wire.send(frame('x', { opcode: 3, reserved: 7 }));
				await wire.until(() => false, 20);
				wire.reset();
			};
		},
	},
	'names that are numbers': {
		abreast: 4,
		prepare: async (url) => {
			const wire = await rawSocket(url);
			return () => {
				wire.send(frame('421[7,{}]'));
				return pause(5);
			};
		},
	},
	"a file name's expression": {
		abreast: 2,
		async prepare(url) {
			const { client, roomId } = await writer(url, 0, 0);
			const about = metadata({ roomId, filename: `x${'.'.repeat(10_500)}x` });
			const headers: Header[] = [
				['Cookie', client.cookie],
				['Tus-Resumable', '1.0.0'],
				['Upload-Length', '1'],
				['Upload-Metadata', about],
				['Content-Type', 'application/offset+octet-stream'],
			];
			return () => askOnce(url, from, { method: 'POST', path: '/api/files', headers, body: 'x' });
		},
	},
	'searches for one letter': {
		abreast: 4,
		async prepare(url) {
			const { client, roomId } = await writer(url, 200, 700);
			return () => client.raw('chat:search', { chat: { roomId }, query: 'a' });
		},
	},
	'wants that come and go': {
		abreast: 2,
		async prepare(url) {
			const roomId = newRoomId();
			const producers: string[] = [];
			for (let index = 0; index < 8; index++) {
				const sender = await TestClient.connect({ url }, { from });
				await sender.ask('lobby:enter', { roomId });
				await sender.ask('media:connect', { direction: 'send', dtlsParameters: dtls() });
				for (const source of ['camera', 'microphone'] as const) {
					const input = produceInput(source);
					if ((await sender.codeOf('media:produce', input)) === 'OK')
						producers.push(input.producerId);
				}
				await sender.join(roomId, `Sender ${index}`, 0);
			}
			const client = await TestClient.connect({ url }, { from });
			await client.join(roomId, 'Attacker', 0);
			let on = false;
			return () => {
				on = !on;
				const wants = producers.map((producerId) => ({
					...{ producerId, width: 320, height: 180, priority: 1 },
				}));
				return client.raw('media:want', { wants: on ? wants : [] });
			};
		},
	},
	'signing up': {
		abreast: 6,
		prepare: async (url) => () => {
			const userName = `u${newMessageId()
				.slice(0, 12)
				.replaceAll(/[^a-zA-Z0-9]/g, 'x')}`;
			return json(url, '/api/account/sign-up', { userName, password: newMessageId() });
		},
	},
	'signing in': {
		abreast: 6,
		prepare: async (url) => () =>
			json(url, '/api/account/sign-in', { userName: 'somebody', password: newMessageId() }),
	},
	"guessing a room's password": {
		abreast: 4,
		async prepare(url) {
			const roomId = newRoomId();
			const owner = await TestClient.connect({ url }, { from });
			await owner.join(roomId, 'Owner');
			await owner.ask('host:policy', { password: 'a password' });
			return async () => {
				const guest = await TestClient.connect({ url }, { from });
				try {
					await guest.raw('lobby:enter', { roomId });
					for (let guess = 0; guess < 6; guess++)
						await guest.raw('room:knock', { name: 'Guest', password: newMessageId() });
				} finally {
					guest.close();
				}
			};
		},
	},
	'downloads that are broken off': {
		abreast: 4,
		prepare: async (url) => {
			const headers: Header[] = [host(url), ['Accept-Encoding', 'identity']];
			const bytes = requestBytes('GET', `/_app/immutable/assets/${largest()}`, headers);
			return async () => {
				const wire = await Wire.open(url, from);
				wire.deafen();
				for (let time = 0; time < 12; time++) wire.send(bytes);
				await pause(20);
				wire.reset();
			};
		},
	},
	'uploads that are only announced': {
		abreast: 4,
		async prepare(url) {
			const { client, roomId } = await writer(url, 0, 0);
			const headers: Header[] = [
				['Cookie', client.cookie],
				['Tus-Resumable', '1.0.0'],
				['Upload-Length', `${100 * 1024 * 1024}`],
				['Upload-Metadata', metadata({ roomId, filename: 'x' })],
			];
			return () => askOnce(url, from, { method: 'POST', path: '/api/files', headers });
		},
	},
	'new guests': {
		abreast: 6,
		prepare: async (url) => () => cookieFrom(url, from),
	},
	'guests that come into lobbies': {
		abreast: 4,
		prepare: async (url) => async () => {
			const guest = await TestClient.connect({ url }, { from });
			await guest.raw('lobby:enter', { roomId: newRoomId() });
			await guest.raw('media:produce', { ...produceInput('camera'), producerId: newProducerId() });
			await guest.raw('lobby:prepare', { rtpCapabilities: {}, firstPage: noPage });
			guest.close();
		},
	},
};
