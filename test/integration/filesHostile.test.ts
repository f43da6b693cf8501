import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Chats } from '../../sfu/chat/chats.ts';
import { Files } from '../../sfu/files/files.ts';
import { Quota } from '../../sfu/files/quota.ts';
import { openStore } from '../../sfu/store/worker/openStore.ts';
import type { FileInfo } from '../../shared/chat.ts';
import {
	newFileId,
	newMessageId,
	newPersonId,
	newRoomId,
	type FileId,
	type PersonId,
	type RoomId,
} from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import { Visit } from '../support/account.ts';
import { eventually } from '../support/client.ts';
import { metadata, Person, type Reply } from '../support/person.ts';
import { startService, testConfig, type Service } from '../support/service.ts';

const megabyte = 1024 * 1024;
const file = ({ data }: Reply) => (data as { file: FileInfo }).file;
const addressOf = ({ headers }: Reply) => headers.get('location') ?? '';
/** Where somebody comes from, as the proxy in front says. */
const from = (address: string) => ({ 'x-forwarded-for': address });

const secret = 'a secret of the tests, which is long enough';
let service: Service;
let dataDir: string;
let roomId: RoomId;
beforeAll(async () => {
	({ dir: dataDir } = (await testConfig()).data);
	service = await startService({
		http: { trustProxy: true },
		data: { dir: dataDir },
		files: { maxMegabytes: 1, roomMegabytes: 8 },
		embed: { secret },
	});
});
afterAll(() => service.close());
beforeEach(() => {
	roomId = newRoomId();
});
afterEach(() => void vi.useRealTimers());

async function guestIn(room: RoomId = roomId): Promise<Person> {
	const person = await Person.guest(service);
	await person.enter(room, 'Guest');
	return person;
}

/** Begins an upload of one megabyte. */
const beginLarge = (person: Person, address: string, room: RoomId = roomId) =>
	person.begin(megabyte, { roomId: room, filename: 'x' }, undefined, from(address));

describe('A-H3, FILE-1: what goes with an upload', () => {
	test('is refused where it is longer than names are', async () => {
		const guest = await guestIn();
		const filename = `x${'.'.repeat(limits.uploadMetadataBytes)}x`;
		const reply = await guest.begin(1, { roomId, filename }, 'a');
		expect(reply).toMatchObject({ status: 400, error: { code: 'BAD_REQUEST' } });
		expect(reply.error?.message).toContain('Upload-Metadata');
	});

	test('may be as long as the longest name of any file system', async () => {
		const guest = await guestIn();
		const reply = await guest.begin(1, { roomId, filename: `${'漢'.repeat(251)}.txt` }, 'a');
		expect(file(reply).name).toMatch(/漢\.txt$/);
	});
});

describe('A-M3, FILE-2: uploads that bring no bytes', () => {
	test('keep a room from taking files for ten minutes at most', async () => {
		const hoarders = [await guestIn(), await guestIn(), await guestIn()];
		const begun: Reply[] = [];
		for (const [index, hoarder] of hoarders.entries())
			for (let i = 0; i < 4; i++) begun.push(await beginLarge(hoarder, `192.0.${index}.1`));
		expect(begun.filter(({ status }) => status === 201)).toHaveLength(8);
		const member = await guestIn();
		const send = () => member.begin(5, { roomId, filename: 'x' }, 'hello', from('203.0.113.1'));
		expect(await send()).toMatchObject({ status: 409, error: { code: 'LIMIT_REACHED' } });

		vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + limits.uploadRest });
		expect((await send()).status).toBe(201);
		// One that goes on after all gets its space again, as long as there is any.
		const content = Buffer.alloc(megabyte, 'x');
		const goOn = () => hoarders[0]?.patch(addressOf(begun[0] as Reply), 0, content);
		expect((await goOn())?.status).toBe(200);
	});

	test('that go on after a rest are refused where others took their space, and lose nothing', async () => {
		const hoarder = await guestIn();
		const address = addressOf(await beginLarge(hoarder, '192.0.2.1'));
		const socket = await halfPatch(address, hoarder, megabyte, 200_000);
		const offset = async () => Number((await hoarder.head(address)).headers.get('upload-offset'));
		await eventually(async () => (await offset()) === 200_000);
		socket.destroy();
		vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + limits.uploadRest });
		for (const network of [1, 2]) {
			const other = await guestIn();
			for (let i = 0; i < 4; i++) await beginLarge(other, `198.51.${network}.1`);
			await other.begin(300_000, { roomId, filename: 'x' }, undefined, from('198.51.3.1'));
		}
		const rest = Buffer.alloc(megabyte - 200_000, 'x');
		expect(await hoarder.patch(address, 200_000, rest)).toMatchObject({
			error: { code: 'LIMIT_REACHED' },
		});
		expect(await offset()).toBe(200_000);
		vi.setSystemTime(Date.now() + limits.uploadRest);
		expect(file((await hoarder.patch(address, 200_000, rest)) as Reply).size).toBe(megabyte);
	});
});

describe('A-H5, FILE-2: the space of a room for files is shared', () => {
	test('among its people: one fills at most half of it, with all that is stored', async () => {
		const [greedy, modest] = [await guestIn(), await guestIn()];
		for (let i = 0; i < 4; i++) await greedy.upload(roomId, Buffer.alloc(megabyte, 'x'));
		const refused = await greedy.begin(1, { roomId, filename: 'x' }, 'a');
		expect(refused).toMatchObject({ status: 409, error: { code: 'LIMIT_REACHED' } });
		expect(refused.error?.message).toContain('Delete some of yours');
		expect((await modest.begin(1, { roomId, filename: 'x' }, 'a')).status).toBe(201);
		// In another room as well.
		const elsewhere = newRoomId();
		await greedy.enter(elsewhere, 'Greedy');
		expect((await greedy.begin(1, { roomId: elsewhere, filename: 'x' }, 'a')).status).toBe(201);
	});

	test('among networks: the guests of one fill at most three quarters of it in a day', async () => {
		const guests = await Promise.all([1, 2, 3, 4].map(() => guestIn()));
		const content = Buffer.alloc(megabyte, 'x');
		const replies: Reply[] = [];
		for (const [index, guest] of guests.entries())
			for (let i = 0; i < 2; i++) {
				const near = from(`192.0.2.${index}`);
				replies.push(await guest.begin(megabyte, { roomId, filename: 'x' }, content, near));
			}
		expect(replies.map(({ status }) => status)).toEqual([...Array(6).fill(201), 409, 409]);
		expect(replies.at(-1)?.error).toMatchObject({
			code: 'LIMIT_REACHED',
			message: expect.stringContaining('one network'),
		});
		const far = await guestIn();
		expect((await beginLarge(far, '198.51.100.1')).status).toBe(201);
	});
});

describe('A-H5: unfinished uploads are bounded', () => {
	const begun: Reply[] = [];
	afterEach(() => void begun.splice(0));

	test('by network', async () => {
		const { person: each, network } = limits.uploads;
		for (let people = 0; people * each < network; people++) {
			const guest = await guestIn();
			for (let i = 0; i < each; i++)
				begun.push(await guest.begin(1, { roomId, filename: 'x' }, undefined, from('192.0.2.7')));
		}
		expect(begun.every(({ status }) => status === 201)).toBe(true);
		const next = await guestIn();
		const refused = await next.begin(1, { roomId, filename: 'x' }, 'a', from('192.0.2.99'));
		expect(refused).toMatchObject({ status: 409, error: { code: 'LIMIT_REACHED' } });
		expect(refused.error?.message).toContain('your network');
		const other = await next.begin(1, { roomId, filename: 'x' }, 'a', from('192.0.3.7'));
		expect(other.status).toBe(201);
	});

	test('by how many a person begins in a minute', async () => {
		const guest = await guestIn();
		const { person: most } = limits.uploadsBegun;
		for (let i = 0; i < most; i++) begun.push(await guest.begin(0, { roomId, filename: 'x' }));
		expect(begun.at(-1)?.status).toBe(201);
		const refused = await guest.begin(0, { roomId, filename: 'x' });
		expect(refused).toMatchObject({ status: 429, error: { code: 'TOO_MANY_REQUESTS' } });
		expect(refused.error?.message).toContain('files');
	});

	test('altogether', async () => {
		const config = { maxMegabytes: 1, roomMegabytes: 1, totalMegabytes: 0, freeMegabytes: 0 };
		const nothing = () => Promise.resolve(0);
		const empty = { inRoom: nothing, altogether: nothing, free: () => Promise.resolve(1e12) };
		const quota = new Quota(config, empty);
		const upload = (owner: PersonId) => ({
			fileId: newFileId(),
			size: 0,
			purpose: { owner, roomId, filename: 'x' },
		});
		let index = 0;
		const reserve = () => quota.reserve(upload(newPersonId()), `10.0.${index++ % 200}.0/24`);
		for (let i = 0; i < limits.uploads.altogether; i++) await reserve();
		await expect(reserve()).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
	});
});

describe('A-H5: the disk is not filled by files', () => {
	test('beyond files.totalMegabytes', async () => {
		const small = await startService({
			files: { maxMegabytes: 1, roomMegabytes: 8, totalMegabytes: 2 },
		});
		try {
			const person = await Person.guest(small);
			const rooms = [newRoomId(), newRoomId(), newRoomId()];
			const replies: Reply[] = [];
			for (const room of rooms) {
				await person.enter(room, 'Person');
				replies.push(await person.begin(megabyte, { roomId: room }, Buffer.alloc(megabyte)));
			}
			expect(replies.map(({ status }) => status)).toEqual([201, 201, 409]);
			expect(replies[2]?.error).toMatchObject({
				code: 'LIMIT_REACHED',
				message: expect.stringContaining('no more space'),
			});
		} finally {
			await small.close();
		}
	});

	test('down to files.freeMegabytes: chat goes on', async () => {
		const full = await startService({ files: { freeMegabytes: 1_073_741_824 } });
		try {
			const person = await Person.guest(full);
			await person.enter(roomId, 'Person');
			const refused = await person.begin(1, { roomId, filename: 'x' }, 'a');
			expect(refused).toMatchObject({ status: 409, error: { code: 'LIMIT_REACHED' } });
			expect(refused.error?.message).toContain('no more space');
			const body = { body: 'still here' };
			expect((await person.ask('POST', `/api/rooms/${roomId}/messages`, { body })).status).toBe(
				200,
			);
		} finally {
			await full.close();
		}
	});
});

describe('A-L3, ACCOUNT-10, FILE-1: a visit to one room', () => {
	const names = { name: 'Ada', sub: crypto.randomUUID() };
	/** The same person of a site in each room, with a session for that room alone. */
	async function visit(room: RoomId): Promise<Person> {
		const seconds = Math.floor(Date.now() / 1000);
		const claims = { ...names, room, exp: seconds + 300, jti: crypto.randomUUID() };
		const key = new TextEncoder().encode(secret);
		const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key);
		const visitor = await Visit.guest(service);
		await visitor.ask('POST', '/api/session/token', { token, roomId: room, framed: false });
		const person = await Person.of(service, visitor.cookie);
		await person.enter(room, 'Ada');
		return person;
	}

	test('neither uploads into another one nor reads its files', async () => {
		const elsewhere = newRoomId();
		const [here, there] = [await visit(roomId), await visit(elsewhere)];
		expect(here.id).toBe(there.id);
		const refused = await here.begin(5, { roomId: elsewhere, filename: 'x' }, 'hello');
		expect(refused).toMatchObject({ status: 403, error: { code: 'NOT_ALLOWED' } });

		const sent = await there.upload(elsewhere, 'hello');
		const body = { messageId: newMessageId(), body: '', files: [sent.fileId] };
		await there.ask('POST', `/api/rooms/${elsewhere}/messages`, { body });
		const unsent = await there.upload(elsewhere, 'hello');
		for (const { fileId } of [sent, unsent]) {
			expect(await there.download(fileId)).toBe(200);
			expect(await here.download(fileId)).toBe(404);
			expect((await here.ask('GET', `/api/files/${fileId}/info`)).status).toBe(404);
		}
		const own = await here.upload(roomId, 'hello');
		expect(await here.download(own.fileId)).toBe(200);
	});

	test('does not go on with what it began elsewhere', async () => {
		const elsewhere = newRoomId();
		const [here, there] = [await visit(roomId), await visit(elsewhere)];
		const address = addressOf(await there.begin(5, { roomId: elsewhere, filename: 'x' }));
		expect((await here.head(address)).status).toBe(404);
		expect((await here.patch(address, 0, 'hello')).status).toBe(404);
		const headers = { 'tus-resumable': '1.0.0' };
		expect((await here.ask('DELETE', address, { headers })).status).toBe(404);
		expect((await there.patch(address, 0, 'hello')).status).toBe(200);
	});
});

/** Descriptors of files below the data folder, apart from those of the database. */
const openFiles = () =>
	readdirSync('/proc/self/fd').flatMap((fd) => {
		try {
			const place = readlinkSync(`/proc/self/fd/${fd}`);
			return ['files', 'uploads'].some((folder) => place.startsWith(join(dataDir, folder)))
				? [place]
				: [];
		} catch {
			return [];
		}
	});

/** Sends the beginning of a PATCH, and leaves its connection open. */
function halfPatch(address: string, by: Person, size: number, sent: number): Promise<Socket> {
	const { promise, resolve, reject } = Promise.withResolvers<Socket>();
	const socket = connect(Number(new URL(service.url).port), '127.0.0.1', () => {
		const head = [
			`PATCH ${address} HTTP/1.1`,
			'Host: 127.0.0.1',
			`Cookie: ${by.proof['cookie']}`,
			'Tus-Resumable: 1.0.0',
			'Upload-Offset: 0',
			'Content-Type: application/offset+octet-stream',
			`Content-Length: ${size}`,
			'\r\n',
		].join('\r\n');
		socket.write(head);
		socket.write(Buffer.alloc(sent, 'x'), () => resolve(socket));
	});
	socket.once('error', reject);
	return promise;
}

const onLinux = describe.skipIf(process.platform !== 'linux');
onLinux('A-C2: descriptors are closed', () => {
	test('of downloads that are cut off, however many were asked for at once', async () => {
		const guest = await guestIn();
		const { fileId } = await guest.upload(roomId, Buffer.alloc(megabyte, 'x'));
		const request = `GET /api/files/${fileId} HTTP/1.1\r\nHost: h\r\nCookie: ${guest.proof['cookie']}\r\n\r\n`;
		const { port } = new URL(service.url);
		const sockets = await Promise.all(
			Array.from({ length: 10 }, () => {
				const { promise, resolve } = Promise.withResolvers<Socket>();
				const socket = connect(Number(port), '127.0.0.1', () => {
					socket.pause();
					socket.write(request.repeat(12), () => resolve(socket));
				});
				socket.on('error', () => undefined);
				return promise;
			}),
		);
		await eventually(() => openFiles().length >= sockets.length);
		// One for each connection, not one for each request.
		expect(openFiles().length).toBeLessThanOrEqual(sockets.length);
		for (const socket of sockets) socket.resetAndDestroy();
		await eventually(() => openFiles().length === 0);
		expect(await guest.download(fileId)).toBe(200);
	});

	test('and downloads that are asked for at once come one after the other', async () => {
		const guest = await guestIn();
		const { fileId } = await guest.upload(roomId, 'hello');
		const request = `GET /api/files/${fileId} HTTP/1.1\r\nHost: h\r\nCookie: ${guest.proof['cookie']}\r\n\r\n`;
		const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
		let came = '';
		socket.on('data', (data) => void (came += data.toString()));
		socket.write(request.repeat(12));
		await eventually(() => came.split('hello').length === 13);
		socket.destroy();
	});

	test('of uploads that are cut off', async () => {
		const guest = await guestIn();
		const sockets: Socket[] = [];
		for (let i = 0; i < 10; i++) {
			const address = addressOf(await guest.begin(300_000, { roomId, filename: 'x' }));
			sockets.push(await halfPatch(address, guest, 300_000, 100_000));
		}
		await eventually(() => openFiles().length === sockets.length);
		for (const socket of sockets) socket.resetAndDestroy();
		await eventually(() => openFiles().length === 0);
	});
});

describe('A-M6, FILE-3: an upload that brings next to nothing', () => {
	const dir = mkdtempSync(join(tmpdir(), 'parley-pace-'));
	const log = pino({ level: 'silent' });
	const sender = { personId: newPersonId(), roomId: null, network: '' };
	const config = { maxMegabytes: 1, roomMegabytes: 1, totalMegabytes: 0, freeMegabytes: 0 };
	afterAll(() => rmSync(dir, { recursive: true }));

	test('ends, keeps what came, and goes on with another request', async () => {
		const store = await openStore({ dir, databaseUrl: '' }, log);
		const chats = new Chats(store, log);
		const room = newRoomId();
		await chats.enter(sender.personId, { roomId: room, name: 'Slow' });
		const pace = { bytes: 10, span: 300 };
		const parts = { store: store.files, access: chats.access, log, pace };
		const files = await Files.open({ ...config, dir }, parts);
		try {
			const ask = (
				method: string,
				id: FileId | null,
				headers: Record<string, string>,
				body?: BodyInit,
			) =>
				files.uploads.answer(
					sender,
					id,
					new Request(`http://localhost/api/files${id ? `/${id}` : ''}`, {
						method,
						headers: { 'tus-resumable': '1.0.0', ...headers },
						...(body !== undefined && { body, duplex: 'half' as const }),
					}),
				);
			const about = { 'upload-length': '100', 'upload-metadata': metadata({ roomId: room }) };
			const begun = await ask('POST', null, about);
			const id = begun.headers.get('location')?.split('/').at(-1) as FileId;
			const at = (offset: number) => ({
				'upload-offset': `${offset}`,
				'content-type': 'application/offset+octet-stream',
			});
			// Fast enough at first, and then nothing more.
			const body = new ReadableStream<Uint8Array>({
				start: (controller) => controller.enqueue(new Uint8Array(40)),
			});
			await expect(ask('PATCH', id, at(0), body)).rejects.toMatchObject({
				code: 'NOT_SAVED',
				message: expect.stringContaining('offset'),
			});
			const head = await ask('HEAD', id, {});
			expect(head.headers.get('upload-offset')).toBe('40');
			const last = await ask('PATCH', id, at(40), new Uint8Array(60));
			expect(last.status).toBe(200);
		} finally {
			await files.close();
			chats.close();
			await store.close();
		}
	});
});
