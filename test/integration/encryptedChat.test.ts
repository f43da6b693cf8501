import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newMessageId, newPersonId, newRingId, type PeerId } from '../../shared/ids.ts';
import type { RequestName, Sent } from '../../shared/protocol.ts';
import { Keyring } from '../../web/src/lib/encryption/keyring.ts';
import { keysOf } from '../../web/src/lib/encryption/keys.ts';
import { newSecret, type Secret } from '../../web/src/lib/encryption/secret.ts';
import { WordsBorder } from '../../web/src/lib/encryption/wordsBorder.ts';
import type { Cast, TestClient } from '../support/client.ts';
import { enterInput, joinInput, newBox } from '../support/encrypted.ts';
import { Person } from '../support/person.ts';
import { testConfig, type Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

const { dir } = (await testConfig()).data;
let cast: Cast;
let service: Service;
withService((on) => ({ cast, service } = on), { data: { dir } });

/** A client whose words go through the border of an encrypted room, as those of a page do. */
class SealingClient {
	readonly client: TestClient;
	readonly border: WordsBorder;
	readonly keyring: Keyring;
	peerId: PeerId | null = null;

	constructor(client: TestClient, keyring: Keyring) {
		this.client = client;
		this.keyring = keyring;
		this.border = new WordsBorder(keyring);
	}

	ask<N extends RequestName>(name: N, input: Sent<N>) {
		return this.border.ask((named, sent) => this.client.ask(named, sent), name, input);
	}
}

const newKeyring = () => Keyring.from(cast.roomId, newSecret());

async function inside(keyring: Keyring, name: string, cookie?: string): Promise<SealingClient> {
	const client = new SealingClient(await cast.connect(cookie ? { cookie } : {}), keyring);
	const { check } = keyring.keys;
	await client.ask('lobby:enter', enterInput(cast.roomId, check));
	const joined = await client.ask('room:join', { ...joinInput(cast.roomId, check), name });
	client.peerId = joined.you.peerId;
	return client;
}

const room = () => ({ roomId: cast.roomId });
const draft = (body: string) => ({ body, replyTo: null, mentions: [], files: [] });

/** Every byte that the service has written. */
function stored(): Buffer {
	const files = readdirSync(dir, { recursive: true, withFileTypes: true });
	return Buffer.concat(
		files
			.filter((entry) => entry.isFile())
			.map(({ parentPath, name }) => readFileSync(join(parentPath, name))),
	);
}

test('ENCRYPTION-20: an encrypted room refuses plain text by sockets and over HTTP', async () => {
	const keyring = await newKeyring();
	const { client, ask } = await inside(keyring, 'Ada').then((one) => ({
		client: one.client,
		ask: one.ask.bind(one),
	}));
	const messageId = newMessageId();
	await ask('chat:post', { chat: room(), messageId, draft: draft('a word') });
	const plain: [RequestName, unknown][] = [
		['chat:post', { chat: room(), messageId: newMessageId(), draft: draft('plain') }],
		['chat:edit', { chat: room(), messageId, draft: { body: 'plain', mentions: [] } }],
		['room:name', { ...room(), name: 'Plain' }],
		['room:rename', { name: 'Plain' }],
		['chat:enter', { ...room(), name: 'Plain' }],
	];
	for (const [name, input] of plain)
		expect([name, await client.codeOf(name, input)]).toEqual([name, 'ENCRYPTED']);

	const script = await Person.of(service, client.cookie);
	const path = `/api/rooms/${cast.roomId}`;
	const asked = [
		script.ask('POST', `${path}/messages`, { body: { body: 'plain' } }),
		script.ask('PUT', `${path}/name`, { body: { name: 'Plain' } }),
		script.ask('GET', `${path}/search?q=word`),
		script.ask('GET', `${path}/export`),
		script.ask('POST', `${path}/members`, { body: { name: 'Plain' } }),
	];
	for (const { status, error } of await Promise.all(asked))
		expect([status, error?.code]).toEqual([403, 'ENCRYPTED']);
	const upload = await script.begin(5, { roomId: cast.roomId, filename: 'plain.txt' }, 'plain');
	expect([upload.status, upload.error?.code]).toEqual([403, 'ENCRYPTED']);
});

test('ENCRYPTION-20: a room that is not encrypted refuses sealed text', async () => {
	const client = await cast.joined();
	const body = await (await newKeyring()).sealText('a word', 'message');
	const input = { chat: room(), messageId: newMessageId(), draft: draft(body) };
	expect(await client.codeOf('chat:post', input)).toBe('NOT_ENCRYPTED');
});

test('ENCRYPTION-21: who has the secret reads all, and nothing of it is among what the service stores', async () => {
	const secret = newSecret();
	const [one, other] = [
		await Keyring.from(cast.roomId, secret),
		await Keyring.from(cast.roomId, secret),
	];
	const words = [
		...['Nightingale', 'Salamander', 'Observatory', 'periwinkle', 'marzipan', 'hippodrome'],
		...['chrysalis', 'quicksilver', 'tutoress'],
	];
	const ada = await inside(one, 'Nightingale');
	const bo = await inside(other, 'Salamander');
	await ada.ask('room:name', { ...room(), name: 'Observatory' });
	const long = `periwinkle ${'and more '.repeat(400)}marzipan`;
	const messageId = newMessageId();
	await ada.ask('chat:post', { chat: room(), messageId, draft: draft(long) });
	const answer = { ...draft('hippodrome'), replyTo: messageId };
	await bo.ask('chat:post', { chat: room(), messageId: newMessageId(), draft: answer });
	await bo.ask('chat:correct', { chat: room(), messageId, body: 'chrysalis' });
	await ada.ask('chat:edit', {
		...{ chat: room(), messageId },
		draft: { body: 'quicksilver', mentions: [] },
	});
	const { personId } = (await bo.ask('chat:open', { ...room(), parts: true })).you;
	await ada.ask('host:label', { personId, label: 'tutoress' });

	// Later, in another page, with nothing but the secret.
	const cy = await inside(await Keyring.from(cast.roomId, secret), 'Cy');
	const opened = await cy.ask('chat:open', { ...room(), parts: true });
	expect(opened.name).toBe('Observatory');
	expect(opened.members.map(({ name, label }) => [name, label])).toEqual([
		['Nightingale', undefined],
		['Salamander', 'tutoress'],
		['Cy', undefined],
	]);
	const { messages } = await cy.ask('chat:page', { chat: room(), from: { kind: 'latest' } });
	const texts = messages.filter(({ content }) => content.kind === 'text');
	expect(texts[0]).toMatchObject({
		author: { name: 'Nightingale' },
		content: { body: 'quicksilver' },
		corrections: [{ author: { name: 'Salamander' }, body: 'chrysalis', original: long }],
	});
	expect(texts[1]).toMatchObject({
		content: { body: 'hippodrome' },
		replyTo: { excerpt: 'quicksilver', author: { name: 'Nightingale' } },
	});
	const named = messages.flatMap(({ content }) =>
		content.kind === 'system' ? content.system : [],
	);
	expect(named).toContainEqual({ event: 'named-room', name: 'Observatory' });
	const found = await cy.ask('chat:search', { chat: room(), query: 'HIPPO' });
	expect(found.messages.map(({ seq }) => seq)).toEqual([texts[1]?.seq]);

	// The last words stand where the last write put them.
	const bytes = stored();
	expect(bytes.includes(cast.roomId)).toBe(true);
	expect(words.filter((word) => bytes.includes(word))).toEqual([]);
});

test('ENCRYPTION-21: a quote brings the beginning of a long message, which opens alone', async () => {
	const keyring = await newKeyring();
	const ada = await inside(keyring, 'Ada');
	const messageId = newMessageId();
	await ada.ask('chat:post', { chat: room(), messageId, draft: draft('x'.repeat(8000)) });
	const answer = { ...draft('yes'), replyTo: messageId };
	const input = { chat: room(), messageId: newMessageId(), draft: answer };
	expect((await ada.ask('chat:post', input)).message.replyTo?.excerpt).toBe('x'.repeat(120));
});

test('B-6: a page of an encrypted room finds messages as the server finds those of others', async () => {
	const ada = await inside(await newKeyring(), 'Ada');
	const messageId = newMessageId();
	await ada.ask('chat:post', { chat: room(), messageId, draft: draft('Die Straße in İzmir') });
	const found = async (query: string) =>
		(await ada.ask('chat:search', { chat: room(), query })).messages.length;
	expect(await found('strasse izmir')).toBe(1);
	expect(await found('trasse')).toBe(0);
});

test('ENCRYPTION-23: a file is stored sealed, and opens for whoever reads its message', async () => {
	const secret = newSecret();
	const ada = await inside(await Keyring.from(cast.roomId, secret), 'Ada');
	const owner = await Person.of(service, ada.client.cookie);
	await ada.ask('chat:open', { ...room(), parts: true });
	const content = 'The harpsichord is in the cellar. '.repeat(10_000);
	const sealed = await ada.border.files.seal(new File([content], 'harpsichord.txt'));
	const { value } = await sealed.source.slice(0, Number.POSITIVE_INFINITY);
	const bytes = Buffer.from(await (value ?? new Blob()).arrayBuffer());
	expect(bytes.length).toBe(sealed.source.size);
	const reply = await owner.begin(
		bytes.length,
		{ roomId: cast.roomId, filename: sealed.name },
		bytes,
	);
	const { file } = reply.data as { file: { fileId: never; type: string; name: string } };
	expect(file).toMatchObject({ type: 'application/octet-stream', name: sealed.name });
	const files = [file.fileId];
	const posted = { chat: room(), messageId: newMessageId(), draft: { ...draft(''), files } };
	await ada.ask('chat:post', posted);

	const bo = await inside(await Keyring.from(cast.roomId, secret), 'Bo');
	const reader = await Person.of(service, bo.client.cookie);
	const { messages } = await bo.ask('chat:page', { chat: room(), from: { kind: 'latest' } });
	const shown = messages.flatMap((one) => (one.content.kind === 'text' ? one.content.files : []));
	expect(shown).toMatchObject([{ name: 'harpsichord.txt', size: content.length, picture: null }]);
	const download = await reader.fetch(`/api/files/${file.fileId}`);
	const [info] = shown;
	if (!info || !download.body) throw new Error('there is no file');
	const opened = await bo.border.files.opening(info, download.body);
	expect(await opened.text()).toBe(content);
	expect(stored().includes('harpsichord')).toBe(false);
});

test('ENCRYPTION-22: what the server could only do by reading is refused, and lists say no name', async () => {
	const keyring = await newKeyring();
	const { client, ask } = await inside(keyring, 'Eva').then((one) => ({
		client: one.client,
		ask: one.ask.bind(one),
	}));
	await ask('room:name', { ...room(), name: 'A secret place' });
	expect(await client.codeOf('chat:search', { chat: room(), query: 'word' })).toBe('ENCRYPTED');
	const ring = { ringId: newRingId(), personId: newPersonId(), name: 'Eva', video: false };
	expect(await client.codeOf('call:start', { ...room(), ...ring })).toBe('ENCRYPTED');
	const script = await Person.of(service, client.cookie);
	const { status, data } = await script.ask('GET', '/api/rooms');
	expect(status).toBe(200);
	const listed = JSON.stringify(data);
	expect(listed).toContain(cast.roomId);
	for (const name of ['Eva', 'A secret place', 'e1.0.']) expect(listed).not.toContain(name);
});

describe('ENCRYPTION-24: nothing is taken that was sealed by an older secret', () => {
	/** A host who is alone has made a new secret. The keyring of the host's page does not have it yet. */
	async function rekeyed({ client, keyring, peerId }: SealingClient): Promise<Secret> {
		if (!peerId) throw new Error('the host is not inside');
		const secret = newSecret();
		const next = await keysOf(secret, cast.roomId);
		await client.ask('encryption:rekey', {
			...{ epoch: keyring.epoch + 1, check: next.check },
			sealed: [{ peerId, box: newBox() }],
			previous: await keyring.sealedBy(next),
		});
		return secret;
	}

	test('by sockets and over HTTP, from members and from those who come in another name', async () => {
		const keyring = await newKeyring();
		const ada = await inside(keyring, 'Ada');
		const { client } = ada;
		const messageId = newMessageId();
		await ada.ask('chat:post', { chat: room(), messageId, draft: draft('a word') });
		const { personId } = (await ada.ask('chat:open', { ...room(), parts: true })).you;
		await rekeyed(ada);
		const old = await keyring.sealText('a word', 'message');
		const newer = old.replace('e1.0.', 'e1.1.');
		const sealed: [RequestName, unknown][] = [
			['chat:post', { chat: room(), messageId: newMessageId(), draft: draft(old) }],
			['chat:post', { chat: room(), messageId: newMessageId(), draft: draft(`${newer} ${old}`) }],
			['chat:edit', { chat: room(), messageId, draft: { body: old, mentions: [] } }],
			['room:name', { ...room(), name: old }],
			['room:rename', { name: old }],
			['host:label', { personId, label: old }],
			['chat:enter', { ...room(), name: old }],
		];
		for (const [name, input] of sealed)
			expect([name, await client.codeOf(name, input)]).toEqual([name, 'LINK_CHANGED']);
		const stranger = await cast.connect();
		expect(await stranger.codeOf('chat:enter', { ...room(), name: old })).toBe('LINK_CHANGED');
		const script = await Person.of(service, client.cookie);
		const said = await script.ask('POST', `/api/rooms/${cast.roomId}/messages`, {
			body: { body: old },
		});
		expect(said.error?.code).toBe('LINK_CHANGED');
		const upload = await script.begin(5, { roomId: cast.roomId, filename: old }, 'bytes');
		expect(upload.error?.code).toBe('LINK_CHANGED');
	});

	test('what a page sealed while the secret changed is sealed again, and sent once', async () => {
		const ada = await inside(await newKeyring(), 'Ada');
		const secret = await rekeyed(ada);
		const messageId = newMessageId();
		const sent = ada.ask('chat:post', { chat: room(), messageId, draft: draft('a word') });
		// The page hears of the new secret after the server refused what was sealed by the old one.
		setTimeout(() => void ada.keyring.advance(1, secret), 200);
		expect((await sent).message.content).toMatchObject({ body: 'a word' });
		const page = { chat: room(), from: { kind: 'latest' } } as const;
		const { messages } = await ada.client.ask('chat:page', page);
		const bodies = messages.flatMap(({ content }) =>
			content.kind === 'text' ? [content.body] : [],
		);
		expect(bodies).toEqual([expect.stringMatching(/^e1\.1\./)]);
	});
});
