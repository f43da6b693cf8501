import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkFiles } from '../../sfu/doctor/files.ts';
import { Bucket } from '../../sfu/files/s3/bucket.ts';
import type { FileInfo } from '../../shared/chat.ts';
import { newMessageId, newRoomId, type RoomId } from '../../shared/ids.ts';
import { eventually } from '../support/client.ts';
import { Person, type Reply } from '../support/person.ts';
import { png } from '../support/pictures.ts';
import { S3Server } from '../support/s3Server.ts';
import { startService, testConfig, type Service } from '../support/service.ts';

const log = pino({ level: 'silent' });
const file = ({ data }: Reply) => (data as { file: FileInfo }).file;
const megabyte = 1024 * 1024;

let storage: S3Server;
let service: Service;
let person: Person;
let roomId: RoomId;
let dir: string;
beforeAll(async () => {
	storage = await S3Server.start();
	dir = mkdtempSync(join(tmpdir(), 'parley-s3-'));
	service = await startService({ data: { dir }, files: { s3: storage.settings } });
});
afterAll(async () => {
	await service.close();
	await storage.stop();
	rmSync(dir, { recursive: true, force: true });
});
beforeEach(async () => {
	storage.breaks = () => false;
	person = await Person.guest(service);
	roomId = newRoomId();
	await person.enter(roomId, 'Person');
});

const keys = () => [...storage.objects.keys()];

/** Begins an upload. @returns its address, and the id that it has in the bucket. */
async function begin(size: number): Promise<{ address: string; id: string }> {
	const begun = await person.begin(size, { roomId, filename: 'x.bin' });
	const address = begun.headers.get('location') ?? '';
	return { address, id: address.split('/').at(-1) ?? '' };
}

const offsetOf = async (address: string) =>
	Number((await person.head(address)).headers.get('upload-offset'));

async function contentOf(fileId: string): Promise<Buffer> {
	const response = await person.fetch(`/api/files/${fileId}`);
	return Buffer.from(await response.arrayBuffer());
}

test('a file goes into the bucket alone, is read whole and in pieces, and goes with its message', async () => {
	const content = randomBytes(6 * megabyte);
	const { fileId } = await person.upload(roomId, content, { filename: 'x.bin' });
	expect(keys()).toEqual([fileId]);
	expect(storage.multiparts.size).toBe(0);
	const folders = ['files', 'uploads'].filter((name) => readdirSync(dir).includes(name));
	expect(folders).toEqual([]);
	expect((await contentOf(fileId)).equals(content)).toBe(true);
	const asked = (headers: Record<string, string>, method = 'GET') =>
		person.fetch(`/api/files/${fileId}`, { method, headers });
	const piece = await asked({ range: 'bytes=5-9' });
	expect(piece.status).toBe(206);
	expect(piece.headers.get('content-range')).toBe(`bytes 5-9/${content.length}`);
	expect(Buffer.from(await piece.arrayBuffer()).equals(content.subarray(5, 10))).toBe(true);
	expect((await asked({ range: `bytes=${content.length}-` })).status).toBe(416);
	const head = await asked({}, 'HEAD');
	expect(head.headers.get('content-length')).toBe(String(content.length));
	const etag = head.headers.get('etag') ?? '';
	// By itself, fetch asks for a new copy with such a header.
	const known = { 'if-none-match': etag, 'cache-control': 'max-age=0' };
	expect((await asked(known)).status).toBe(304);
	const messageId = newMessageId();
	const posted = await person.ask('POST', `/api/rooms/${roomId}/messages`, {
		body: { messageId, body: '', files: [fileId] },
	});
	expect(posted.status).toBe(200);
	const deleted = await person.ask('DELETE', `/api/rooms/${roomId}/messages/${messageId}`);
	expect(deleted.error).toBeNull();
	await eventually(() => keys().length === 0);
	expect(await person.download(fileId)).toBe(404);
});

test('what a file is stands in its content: a picture has its size, and an empty file is one', async () => {
	const shown = await person.upload(roomId, png(64, 48), { filename: 'x.png' });
	expect(shown).toMatchObject({ type: 'image/png', picture: { width: 64, height: 48 } });
	const { fileId, size } = await person.upload(roomId, '', { filename: 'empty' });
	expect(size).toBe(0);
	expect((await contentOf(fileId)).length).toBe(0);
});

test('an upload of several requests keeps what each brought, however the pieces fall', async () => {
	const content = randomBytes(21 * megabyte);
	const { address } = await begin(content.length);
	let offset = 0;
	for (const bytes of [100, 3 * megabyte, 9 * megabyte, 1]) {
		const { status } = await person.patch(
			address,
			offset,
			content.subarray(offset, offset + bytes),
		);
		expect(status).toBe(204);
		offset += bytes;
		expect(await offsetOf(address)).toBe(offset);
	}
	const { fileId } = file(await person.patch(address, offset, content.subarray(offset)));
	expect((await contentOf(fileId)).equals(content)).toBe(true);
	expect(keys().filter((key) => key.startsWith('uploads/'))).toEqual([]);
});

test('what came of a request that broke is there for the next one', async () => {
	const content = randomBytes(12 * megabyte);
	const { address, id } = await begin(content.length);
	const parts = () => [...storage.multiparts.values()].find(({ key }) => key === id)?.parts.size;
	const body = new ReadableStream({
		start: (controller) => controller.enqueue(content.subarray(0, 9 * megabyte)),
		pull: async (controller) => {
			await eventually(() => parts() === 1);
			controller.error(new Error('the line broke'));
		},
	});
	const headers = {
		'tus-resumable': '1.0.0',
		'upload-offset': '0',
		'content-type': 'application/offset+octet-stream',
	};
	const asked: RequestInit & { duplex: 'half' } = {
		method: 'PATCH',
		headers,
		body,
		duplex: 'half',
	};
	await expect(person.fetch(address, asked)).rejects.toThrow();
	// More than the one part.
	await eventually(async () => (await offsetOf(address)) > 8 * megabyte);
	const offset = await offsetOf(address);
	const { fileId } = file(await person.patch(address, offset, content.subarray(offset)));
	expect((await contentOf(fileId)).equals(content)).toBe(true);
});

test('a storage that goes away in an upload is said, nothing told to have arrived is lost, and the upload goes on', async () => {
	const content = randomBytes(20 * megabyte);
	const { address } = await begin(content.length);
	const first = 2 * megabyte;
	expect((await person.patch(address, 0, content.subarray(0, first))).status).toBe(204);
	// It takes nothing more, neither parts nor pieces.
	storage.breaks = ({ method }) => method === 'PUT';
	const refused = await person.patch(address, first, content.subarray(first));
	expect(refused).toMatchObject({ status: 503, error: { code: 'NOT_SAVED' } });
	await storage.stop();
	expect(await person.patch(address, first, content.subarray(first))).toMatchObject({
		status: 503,
		error: { code: 'NOT_SAVED' },
	});
	expect((await person.head(address)).status).toBe(503);
	const said = await person.ask('POST', `/api/rooms/${roomId}/messages`, { body: { body: 'hi' } });
	expect(said.status).toBe(200);
	storage.breaks = () => false;
	await storage.resume();
	expect(await offsetOf(address)).toBe(first);
	const { fileId } = file(await person.patch(address, first, content.subarray(first)));
	expect((await contentOf(fileId)).equals(content)).toBe(true);
	await storage.stop();
	expect(await person.ask('GET', `/api/files/${fileId}`)).toMatchObject({
		status: 503,
		error: { code: 'UNAVAILABLE' },
	});
	await storage.resume();
	expect(await person.download(fileId)).toBe(200);
});

test('an upload whose parts could not be made one file becomes one when it is asked for', async () => {
	const content = randomBytes(6 * megabyte);
	const { address } = await begin(content.length);
	storage.breaks = ({ method, url = '' }) => method === 'POST' && url.includes('uploadId=');
	const refused = await person.patch(address, 0, content);
	expect(refused).toMatchObject({ status: 503 });
	storage.breaks = () => false;
	const { fileId } = file(await person.ask('GET', `${address}/info`));
	expect((await contentOf(fileId)).equals(content)).toBe(true);
});

test('an upload that is given up leaves nothing in the bucket, with parts and without', async () => {
	const { address, id } = await begin(20 * megabyte);
	await person.patch(address, 0, randomBytes(9 * megabyte));
	expect(keys().some((key) => key.includes(id))).toBe(true);
	await person.fetch(address, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } });
	expect(keys().filter((key) => key.includes(id))).toEqual([]);
	expect([...storage.multiparts.values()].filter(({ key }) => key === id)).toEqual([]);
	expect((await person.head(address)).status).toBe(404);
});

test('a start says which bucket cannot be written, and goes on where the storage is only away', async () => {
	const open = (other: Partial<typeof storage.settings>) =>
		Bucket.open({ ...storage.settings, ...other }, log);
	await expect(open({ bucket: 'nowhere' })).rejects.toThrow(
		/files\.s3: the bucket nowhere cannot be written \(NoSuchBucket\)/,
	);
	await expect(open({ secretAccessKey: 'wrong' })).rejects.toThrow(/SignatureDoesNotMatch/);
	const { address } = await begin(10);
	await storage.stop();
	const bucket = await open({});
	await expect(bucket.partials.ages()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
	await storage.resume();
	expect([...(await bucket.partials.ages()).keys()]).toContain(address.split('/').at(-1));
});

test('the doctor writes into the bucket, and says what to do where that does not go', async () => {
	const lookAt = async (other: Partial<typeof storage.settings>) => {
		const config = await testConfig({ files: { s3: { ...storage.settings, ...other } } });
		return checkFiles({ config });
	};
	expect(await lookAt({})).toMatchObject([{ state: 'ok' }]);
	expect(await lookAt({ accessKeyId: 'other' })).toMatchObject([
		{ state: 'failed', seen: expect.stringContaining('InvalidAccessKeyId') },
	]);
	await storage.stop();
	expect(await lookAt({})).toMatchObject([{ state: 'failed' }]);
	await storage.resume();
	expect(await checkFiles({ config: await testConfig() })).toEqual([]);
});
