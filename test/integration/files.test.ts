import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FileInfo } from '../../shared/chat.ts';
import { newFileId, newMessageId, newRoomId, type FileId, type RoomId } from '../../shared/ids.ts';
import { eventually } from '../support/client.ts';
import { metadata, Person, type Reply } from '../support/person.ts';
import { jpeg, png } from '../support/pictures.ts';
import { startService, testConfig, type Service } from '../support/service.ts';

let service: Service;
let dataDir: string;
let roomId: RoomId;
let owner: Person;
let reader: Person;
beforeAll(async () => {
	({ dir: dataDir } = (await testConfig()).data);
	service = await startService({
		http: { trustProxy: true },
		data: { dir: dataDir },
		files: { maxMegabytes: 1, roomMegabytes: 3 },
	});
});
afterAll(() => service.close());
beforeEach(async () => {
	roomId = newRoomId();
	owner = await Person.guest(service);
	reader = await Person.guest(service);
	await owner.enter(roomId, 'Owner');
	await reader.enter(roomId, 'Reader');
});

const file = ({ data }: Reply) => (data as { file: FileInfo }).file;
const addressOf = ({ headers }: Reply) => headers.get('location') ?? '';
/** Names of all that is stored, complete and not. */
const stored = async (folder: 'files' | 'uploads') =>
	(await readdir(join(dataDir, folder), { withFileTypes: true, recursive: true }))
		.filter((entry) => entry.isFile())
		.map(({ name }) => name);

/** Sends files with a message, in the room's chat or in that with another one. */
async function send(person: Person, files: FileId[], other?: Person): Promise<Reply> {
	const search = other ? `?with=${other.id}` : '';
	const body = { messageId: newMessageId(), body: '', files };
	return person.ask('POST', `/api/rooms/${roomId}/messages${search}`, { body });
}

describe('an upload', () => {
	test('in one request becomes a file', async () => {
		const content = randomBytes(10_000);
		const reply = await owner.begin(content.length, { roomId, filename: 'noise.bin' }, content);
		expect(reply.status).toBe(201);
		expect(file(reply)).toEqual({
			fileId: expect.any(String),
			name: 'noise.bin',
			type: 'application/octet-stream',
			size: 10_000,
			picture: null,
		});
		const { fileId } = file(reply);
		const place = join(dataDir, 'files', fileId.slice(0, 2), fileId);
		expect(statSync(place).mode & 0o777).toBe(0o600);
		expect(await stored('uploads')).not.toContain(fileId);
		const download = await owner.fetch(`/api/files/${fileId}`);
		expect(Buffer.from(await download.arrayBuffer()).equals(content)).toBe(true);
	});

	test('in pieces is complete with the last one, which tells of the file', async () => {
		const content = randomBytes(300_000);
		const begun = await owner.begin(content.length, { roomId, filename: 'a/b/pieces.bin' });
		expect(begun.status).toBe(201);
		const address = addressOf(begun);
		expect((await owner.patch(address, 0, content.subarray(0, 100_000))).status).toBe(204);
		expect((await owner.head(address)).headers.get('upload-offset')).toBe('100000');
		expect((await owner.ask('GET', `${address}/info`)).status).toBe(404);
		const last = await owner.patch(address, 100_000, content.subarray(100_000));
		expect(last.status).toBe(200);
		expect(file(last)).toMatchObject({ name: 'pieces.bin', size: 300_000 });
		expect(last.headers.get('upload-offset')).toBe('300000');
		// Whoever lost this answer finds it here.
		expect((await owner.head(address)).headers.get('upload-offset')).toBe('300000');
		expect(file(await owner.ask('GET', `${address}/info`))).toEqual(file(last));
	});

	test('of nothing is a file too', async () => {
		expect(file(await owner.begin(0, { roomId, filename: 'empty' }))).toMatchObject({ size: 0 });
	});

	test('goes on where the connection was lost, and nothing of it is a file before', async () => {
		const content = randomBytes(200_000);
		const address = addressOf(await owner.begin(content.length, { roomId, filename: 'x' }));
		// A connection that breaks in the middle of the body.
		const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
		socket.write(
			[
				`PATCH ${address} HTTP/1.1`,
				'Host: 127.0.0.1',
				`Cookie: ${owner.proof['cookie']}`,
				'Tus-Resumable: 1.0.0',
				'Upload-Offset: 0',
				'Content-Type: application/offset+octet-stream',
				`Content-Length: ${content.length}`,
				'\r\n',
			].join('\r\n'),
		);
		socket.write(content.subarray(0, 120_000));
		const offset = async () => Number((await owner.head(address)).headers.get('upload-offset'));
		await eventually(async () => (await offset()) > 0);
		socket.destroy();
		const reached = await offset();
		expect(reached).toBeLessThanOrEqual(120_000);
		expect((await owner.ask('GET', `${address}/info`)).status).toBe(404);
		const last = await owner.patch(address, reached, content.subarray(reached));
		const download = await owner.fetch(`/api/files/${file(last).fileId}`);
		expect(Buffer.from(await download.arrayBuffer()).equals(content)).toBe(true);
	});

	test('that another request goes on with is taken from one that hangs', async () => {
		const address = addressOf(await owner.begin(10, { roomId, filename: 'x' }));
		const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
		socket.write(
			`PATCH ${address} HTTP/1.1\r\nHost: h\r\nCookie: ${owner.proof['cookie']}\r\nTus-Resumable: 1.0.0\r\n` +
				'Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 10\r\n\r\n12345',
		);
		const partial = join(dataDir, 'uploads', address.split('/').at(-1) ?? '');
		await eventually(() => statSync(partial).size === 5);
		expect((await owner.head(address)).headers.get('upload-offset')).toBe('5');
		expect(file(await owner.patch(address, 5, '67890'))).toMatchObject({ size: 10 });
		socket.destroy();
	});

	test('by the client that browsers use goes on after its requests were cut off', async () => {
		const content = randomBytes(500_000);
		const proof = { headers: owner.proof, metadata: { roomId, filename: 'by tus.bin' } };
		const endpoint = `${service.url}/api/files`;
		const { promise, resolve, reject } = Promise.withResolvers<string>();
		const upload = new Upload(content, {
			...proof,
			endpoint,
			chunkSize: 200_000,
			onChunkComplete: (_size, sent) => {
				if (sent > 200_000) return;
				// As a page does that learns that its network is another.
				void upload.abort().then(() => upload.start());
			},
			onSuccess: ({ lastResponse }) => resolve(lastResponse.getBody()),
			onError: reject,
		});
		upload.start();
		const { data } = JSON.parse(await promise) as { data: { file: FileInfo } };
		expect(data.file).toMatchObject({ name: 'by tus.bin', size: 500_000 });
		const download = await owner.fetch(`/api/files/${data.file.fileId}`);
		expect(Buffer.from(await download.arrayBuffer()).equals(content)).toBe(true);
	});

	test('is cancelled by its owner', async () => {
		const address = addressOf(await owner.begin(10, { roomId, filename: 'x' }));
		const headers = { 'tus-resumable': '1.0.0' };
		expect((await owner.ask('DELETE', address, { headers })).status).toBe(204);
		expect((await owner.head(address)).status).toBe(404);
		expect(await stored('uploads')).toEqual([]);
	});
});

describe('an upload is refused', () => {
	afterAll(async () => expect(await stored('uploads')).toEqual([]));

	test('to whoever is not in the room', async () => {
		const outsider = await Person.guest(service);
		const reply = await outsider.begin(3, { roomId, filename: 'x' }, 'abc');
		expect(reply).toMatchObject({ status: 403, error: { code: 'NOT_MEMBER' } });
	});

	test('for a chat with somebody who is not in the room', async () => {
		const outsider = await Person.guest(service);
		const reply = await owner.begin(3, { roomId, with: outsider.id, filename: 'x' }, 'abc');
		expect(reply).toMatchObject({ status: 404, error: { code: 'NOT_FOUND' } });
	});

	test.each([
		['no room', { filename: 'x' }],
		['a room that can be none', { roomId: '../..', filename: 'x' }],
		['a person who can be none', { roomId: 'room', with: '__proto__', filename: 'x' }],
	])('with %s', async (_what, about: Record<string, string>) => {
		const reply = await owner.begin(3, about, 'abc');
		expect(reply).toMatchObject({ status: 400, error: { code: 'BAD_REQUEST' } });
	});

	test.each([
		['no length', { 'upload-length': '' }],
		['a length that is none', { 'upload-length': 'many' }],
		['a negative length', { 'upload-length': '-1' }],
		['no version', { 'tus-resumable': '' }],
		['metadata that is none', { 'upload-metadata': 'roomId ???' }],
		['metadata of another kind', { 'upload-metadata': metadata({ __proto__x: 'y' }) }],
		['a prototype for metadata', { 'upload-metadata': '__proto__ eA==' }],
	])('with %s', async (_what, headers) => {
		const reply = await owner.begin(3, { roomId, filename: 'x' }, 'abc', headers);
		expect(reply).toMatchObject({ status: 400, error: { code: 'BAD_REQUEST' } });
	});

	test('when it is larger than files may be, before it is sent', async () => {
		const reply = await owner.begin(1024 * 1024 + 1, { roomId, filename: 'x' });
		expect(reply).toMatchObject({ status: 413, error: { code: 'TOO_LARGE' } });
		expect(reply.error?.message).toContain('1 MB');
	});

	test('when its content is longer than was said', async () => {
		const reply = await owner.begin(5, { roomId, filename: 'x' }, 'more than five');
		expect(reply).toMatchObject({ status: 413, error: { code: 'TOO_LARGE' } });
		expect(await stored('uploads')).toEqual([]);
	});

	test('when what was sent of it is more than is missing', async () => {
		const address = addressOf(await owner.begin(5, { roomId, filename: 'x' }));
		const reply = await owner.patch(address, 0, 'more than five');
		expect(reply).toMatchObject({ status: 413, error: { code: 'TOO_LARGE' } });
		expect((await owner.head(address)).headers.get('upload-offset')).toBe('0');
		expect(file(await owner.patch(address, 0, 'fives'))).toMatchObject({ size: 5 });
	});

	test('when it goes on at the wrong place', async () => {
		const address = addressOf(await owner.begin(5, { roomId, filename: 'x' }));
		const reply = await owner.patch(address, 3, 'ab');
		expect(reply).toMatchObject({ status: 409, error: { code: 'CONFLICT' } });
		await owner.ask('DELETE', address, { headers: { 'tus-resumable': '1.0.0' } });
	});

	test('when the files of the room are as much as they may be', async () => {
		// People of different networks, for each of them has a share.
		const people = await Promise.all([0, 1, 2, 3, 4].map(() => Person.guest(service)));
		const networks = people.map((_person, index) => ({ 'x-forwarded-for': `192.0.${index}.1` }));
		for (const person of people) await person.enter(roomId, 'Person');
		const content = Buffer.alloc(1024 * 1024 - 10, 'x');
		for (const [index, person] of people.slice(0, 3).entries())
			await person.begin(content.length, { roomId }, content, networks[index]);
		const reply = await people[3]?.begin(100, { roomId, filename: 'x' }, undefined, networks[3]);
		expect(reply).toMatchObject({ status: 409, error: { code: 'LIMIT_REACHED' } });
		// What was begun counts as well.
		const other = newRoomId();
		for (const person of people) await person.enter(other, 'Person');
		const sizes = await Promise.all(
			people.map((person, index) =>
				person.begin(1024 * 1024, { roomId: other, filename: 'x' }, undefined, networks[index]),
			),
		);
		expect(sizes.filter(({ status }) => status === 201)).toHaveLength(3);
		for (const [index, begun] of sizes.entries())
			if (begun.status === 201)
				await people[index]?.ask('DELETE', addressOf(begun), {
					headers: { 'tus-resumable': '1.0.0' },
				});
	});

	test('to a page of another origin', async () => {
		const headers = { origin: 'https://evil.example' };
		const reply = await owner.begin(3, { roomId, filename: 'x' }, 'abc', headers);
		expect(reply).toMatchObject({ status: 403, error: { code: 'NOT_ALLOWED' } });
		const own = await owner.begin(3, { roomId, filename: 'x' }, 'abc', { origin: service.url });
		expect(own.status).toBe(201);
		// A token does not come along by itself, so it may be sent from anywhere.
		const script = await owner.withToken();
		expect((await script.begin(3, { roomId, filename: 'x' }, 'abc', headers)).status).toBe(201);
	});

	test('to whoever has no session', async () => {
		const response = await fetch(`${service.url}/api/files`, { method: 'POST' });
		expect(response.status).toBe(401);
		expect(await response.json()).toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
	});
});

test('an upload is its owner’s alone', async () => {
	const address = addressOf(await owner.begin(5, { roomId, filename: 'x' }));
	expect((await reader.head(address)).status).toBe(404);
	expect(await reader.patch(address, 0, 'fives')).toMatchObject({
		status: 404,
		error: { code: 'NOT_FOUND' },
	});
	const headers = { 'tus-resumable': '1.0.0' };
	expect((await reader.ask('DELETE', address, { headers })).status).toBe(404);
	expect((await owner.head(address)).headers.get('upload-offset')).toBe('0');
	await owner.ask('DELETE', address, { headers });
});

test('of too many unfinished uploads of one person the oldest gives way', async () => {
	const addresses: string[] = [];
	for (let i = 0; i < 22; i++)
		addresses.push(addressOf(await owner.begin(5, { roomId, filename: `${i}` })));
	const there = await Promise.all(addresses.map(async (address) => (await owner.head(address)).ok));
	expect(there).toEqual(addresses.map((_, i) => i >= 2));
});

describe('what a file is, its content says', () => {
	const html = '<!doctype html><script>alert(1)</script>';
	const svg =
		'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>';
	test.each<[string, string | Buffer, string, FileInfo['picture']]>([
		['a picture', png(640, 480), 'image/png', { width: 640, height: 480 }],
		['a picture by another name', png(3, 4), 'image/png', { width: 3, height: 4 }],
		['a photo held upright', jpeg(4000, 3000, 1), 'image/jpeg', { width: 4000, height: 3000 }],
		['a photo held sideways', jpeg(4000, 3000, 6), 'image/jpeg', { width: 3000, height: 4000 }],
		['a picture of absurd size', png(60_000, 60_000), 'image/png', null],
		['a picture without a height', png(10, 0), 'image/png', null],
		['half a picture', jpeg(4000, 3000, 1).subarray(0, 30), 'image/jpeg', null],
		['a page called picture.png', html, 'application/octet-stream', null],
		['a drawing with a program', svg, 'application/octet-stream', null],
		['another drawing', `<?xml version="1.0"?>${svg}`, 'application/xml', null],
	])('%s', async (_what, content, type, picture) => {
		const found = await owner.upload(roomId, content, { filename: 'picture.png' });
		expect(found).toMatchObject({ type, picture, name: 'picture.png' });
		const { headers } = await owner.fetch(`/api/files/${found.fileId}`);
		const served = picture || type.startsWith('image/') ? type : 'application/octet-stream';
		expect(headers.get('content-type')).toBe(served);
	});
});

describe('a download', () => {
	test('has headers that make it harmless', async () => {
		const { fileId, name } = await owner.upload(roomId, '<script>1</script>', {
			filename: '../"ñ"\r\n.html',
		});
		expect(name).toBe('"ñ".html');
		const { headers } = await owner.fetch(`/api/files/${fileId}`);
		expect(Object.fromEntries(headers)).toMatchObject({
			'content-type': 'application/octet-stream',
			'content-disposition': `attachment; filename="___.html"; filename*=UTF-8''%22%C3%B1%22.html`,
			'content-security-policy': "default-src 'none'; sandbox",
			'x-content-type-options': 'nosniff',
			'cross-origin-resource-policy': 'same-origin',
			'cache-control': 'private, max-age=31536000, immutable',
			'content-length': '18',
		});
	});

	test('of a part, of its head, and under a name', async () => {
		const { fileId } = await owner.upload(roomId, '0123456789');
		const part = await owner.fetch(`/api/files/${fileId}`, { headers: { range: 'bytes=2-4' } });
		expect([part.status, await part.text()]).toEqual([206, '234']);
		expect(part.headers.get('content-range')).toBe('bytes 2-4/10');
		const beyond = await owner.fetch(`/api/files/${fileId}`, { headers: { range: 'bytes=90-' } });
		expect(beyond.status).toBe(416);
		expect(beyond.headers.get('cache-control')).toBe('no-store');
		const head = await owner.fetch(`/api/files/${fileId}`, { method: 'HEAD' });
		expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
		const named = await owner.fetch(`/api/files/${fileId}/any%20name.txt`);
		expect(await named.text()).toBe('0123456789');
	});

	test('is for the members of the room, once it was sent', async () => {
		const { fileId } = await owner.upload(roomId, 'hello');
		expect(await reader.download(fileId)).toBe(404);
		expect((await reader.ask('GET', `/api/files/${fileId}/info`)).status).toBe(404);
		expect((await send(owner, [fileId])).status).toBe(200);
		expect(await reader.download(fileId)).toBe(200);
		expect((await reader.ask('GET', `/api/files/${fileId}/info`)).status).toBe(200);
		const outsider = await Person.guest(service);
		expect(await outsider.download(fileId)).toBe(404);
		await outsider.enter(newRoomId(), 'Elsewhere');
		expect(await outsider.download(fileId)).toBe(404);
		expect(await outsider.download(newFileId())).toBe(404);
		expect((await fetch(`${service.url}/api/files/${fileId}`)).status).toBe(401);
	});

	test('of what two sent each other is for these two', async () => {
		const third = await Person.guest(service);
		await third.enter(roomId, 'Third');
		const { fileId } = await owner.upload(roomId, 'hello', { with: reader.id });
		expect((await send(owner, [fileId], reader)).status).toBe(200);
		expect(await reader.download(fileId)).toBe(200);
		expect(await third.download(fileId)).toBe(404);
	});

	test.each(['..', '%2e%2e%2f%2e%2e%2fsession-secret', '__proto__', 'x'.repeat(300)])(
		'of %s is not there',
		async (id) => {
			const response = await owner.fetch(`/api/files/${id}`);
			expect(response.status).toBe(404);
		},
	);
});

describe('a file is sent', () => {
	test('by its owner, once, in the chat it was uploaded for', async () => {
		const mine = await owner.upload(roomId, 'hello');
		expect((await send(reader, [mine.fileId])).error?.code).toBe('NOT_FOUND');
		expect((await send(owner, [mine.fileId], reader)).error?.code).toBe('NOT_FOUND');
		expect((await send(owner, [mine.fileId])).status).toBe(200);
		expect((await send(owner, [mine.fileId])).error?.code).toBe('NOT_FOUND');
	});

	test('and is gone from the disk with its message', async () => {
		const { fileId } = await owner.upload(roomId, 'hello');
		const { data } = await send(owner, [fileId]);
		const { messageId } = (data as { message: { messageId: string } }).message;
		expect(await stored('files')).toContain(fileId);
		expect((await owner.ask('DELETE', `/api/rooms/${roomId}/messages/${messageId}`)).status).toBe(
			200,
		);
		expect(await reader.download(fileId)).toBe(404);
		expect(await owner.download(fileId)).toBe(404);
		await eventually(async () => !(await stored('files')).includes(fileId));
	});
});

test('a server may take no files', async () => {
	const other = await startService({ files: { maxMegabytes: 0 } });
	try {
		const person = await Person.guest(other);
		await person.enter(roomId, 'Person');
		const reply = await person.begin(1, { roomId, filename: 'x' });
		expect(reply).toMatchObject({ status: 403, error: { code: 'NOT_ALLOWED' } });
	} finally {
		await other.close();
	}
});
