import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
	appendFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Chats } from '../../sfu/chat/chats.ts';
import { Files } from '../../sfu/files/files.ts';
import { openStore } from '../../sfu/store/worker/openStore.ts';
import type { Store } from '../../sfu/store/api/store.ts';
import type { FileInfo } from '../../shared/chat.ts';
import {
	newMessageId,
	newPersonId,
	newRoomId,
	type FileId,
	type RoomId,
} from '../../shared/ids.ts';
import { metadata, Person, type Reply } from '../support/person.ts';
import { startService, testConfig, type Service } from '../support/service.ts';
import {
	serviceFolder,
	startServiceProcess,
	type ServiceProcess,
} from '../support/serviceProcess.ts';

const hour = 60 * 60 * 1000;
const file = ({ data }: Reply) => (data as { file: FileInfo }).file;

describe('what nobody needs any more is removed', () => {
	const dir = mkdtempSync(join(tmpdir(), 'parley-janitor-'));
	const log = pino({ level: 'silent' });
	const [roomId, owner] = [newRoomId(), newPersonId()];
	const sender = { personId: owner, roomId: null, network: '' };
	let store: Store;
	let chats: Chats;
	let files: Files;
	beforeAll(async () => {
		store = await openStore({ dir, databaseUrl: '' }, log);
		chats = new Chats(store, log);
		await chats.enter(owner, { roomId, name: 'Owner' });
		files = await open();
	});
	afterAll(async () => {
		await files.close();
		chats.close();
		await store.close();
		rmSync(dir, { recursive: true });
	});

	const open = () =>
		Files.open(
			{ dir, maxMegabytes: 1, roomMegabytes: 1, totalMegabytes: 0, freeMegabytes: 0 },
			{ store: store.files, access: chats.access, log },
		);

	/** Begins an upload, with as much of it as is given. */
	async function begin(size: number, content?: string): Promise<FileId> {
		const request = new Request('http://localhost/api/files', {
			method: 'POST',
			headers: {
				'tus-resumable': '1.0.0',
				'upload-length': `${size}`,
				'upload-metadata': metadata({ roomId, filename: 'x' }),
				...(content !== undefined && { 'content-type': 'application/offset+octet-stream' }),
			},
			...(content !== undefined && { body: content }),
		});
		const response = await files.uploads.answer(sender, null, request);
		return response.headers.get('location')?.split('/').at(-1) as FileId;
	}
	const uploads = () => readdirSync(join(dir, 'uploads'));
	const isOnDisk = (id: FileId) => existsSync(join(dir, 'files', id.slice(0, 2), id));

	test('uploads that rest for a day, and with them what they take up', async () => {
		const size = 800_000;
		const id = await begin(size, 'half');
		await files.janitor.sweep(Date.now() + 23 * hour);
		expect(uploads().toSorted()).toEqual([id, `${id}.json`].toSorted());
		await expect(begin(size)).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
		// Also what was begun before the service was started again.
		await files.close();
		files = await open();
		await expect(begin(size)).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
		await files.janitor.sweep(Date.now() + 25 * hour);
		expect(uploads()).toEqual([]);
		await begin(size);
		await files.janitor.sweep(Date.now() + 25 * hour);
	});

	test('files that were never sent, and no others', async () => {
		const [unsent, sent] = [await begin(5, 'hello'), await begin(5, 'world')];
		const draft = { body: '', files: [sent], mentions: [], replyTo: null };
		await chats.post(owner, { chat: { roomId }, messageId: newMessageId(), draft });
		await files.janitor.sweep(Date.now() + 23 * hour);
		expect([isOnDisk(unsent), isOnDisk(sent)]).toEqual([true, true]);
		await files.janitor.sweep(Date.now() + 25 * hour);
		expect([isOnDisk(unsent), isOnDisk(sent)]).toEqual([false, true]);
		await expect(files.info(sender, unsent)).rejects.toMatchObject({ code: 'NOT_FOUND' });
		expect(await files.info(sender, sent)).toMatchObject({ size: 5 });
	});

	test('but an upload whose last byte has come is a file', async () => {
		const id = await begin(10, 'hello');
		// As if the service had died before it told so.
		appendFileSync(join(dir, 'uploads', id), 'world');
		const longAgo = new Date(Date.now() - 25 * hour);
		for (const name of uploads()) utimesSync(join(dir, 'uploads', name), longAgo, longAgo);
		await files.janitor.sweep();
		expect(isOnDisk(id)).toBe(true);
		expect(uploads()).toEqual([]);
		expect(await files.info(sender, id)).toMatchObject({ size: 10 });
	});

	test('and one that belongs nowhere does not keep the others from being removed', async () => {
		const [complete, other] = [await begin(10, 'hello'), await begin(10, 'hello')];
		appendFileSync(join(dir, 'uploads', complete), 'world');
		const note = join(dir, 'uploads', `${complete}.json`);
		// As if its owner had no place in the room any more.
		writeFileSync(note, readFileSync(note, 'utf8').replace(roomId, newRoomId()));
		writeFileSync(join(dir, 'uploads', 'broken.json'), '{');
		expect(uploads()).toContain(other);
		await files.janitor.sweep(Date.now() + 25 * hour);
		expect(uploads()).toEqual([]);
		expect(isOnDisk(complete)).toBe(false);
	});
});

describe('a service that died', () => {
	let service: Service;
	let dataDir: string;
	let person: Person;
	let roomId: RoomId;
	beforeAll(async () => {
		({ dir: dataDir } = (await testConfig()).data);
		service = await startService({ data: { dir: dataDir } });
		person = await Person.guest(service);
		roomId = newRoomId();
		await person.enter(roomId, 'Person');
	});
	afterAll(() => service.close());

	const begun = async () => {
		const address =
			(await person.begin(10, { roomId, filename: 'x.txt' }, 'hello')).headers.get('location') ??
			'';
		const id = address.split('/').at(-1) ?? '';
		return {
			address,
			partial: join(dataDir, 'uploads', id),
			complete: join(dataDir, 'files', id.slice(0, 2), id),
		};
	};

	test('after the last byte has the file', async () => {
		const { address, partial } = await begun();
		appendFileSync(partial, 'world');
		expect((await person.head(address)).headers.get('upload-offset')).toBe('10');
		const found = file(await person.ask('GET', `${address}/info`));
		expect(found).toMatchObject({ name: 'x.txt', size: 10 });
		expect(await person.download(found.fileId)).toBe(200);
	});

	test('while it moved the file has it', async () => {
		const { address, partial, complete } = await begun();
		appendFileSync(partial, 'world');
		mkdirSync(dirname(complete), { recursive: true });
		renameSync(partial, complete);
		// Asked by many at once, it is completed once.
		const answers = await Promise.all([1, 2, 3].map(() => person.ask('GET', `${address}/info`)));
		expect(answers.map(file)).toEqual(Array(3).fill(expect.objectContaining({ size: 10 })));
		expect(await person.download(file(answers[0] as Reply).fileId)).toBe(200);
		expect(readdirSync(join(dataDir, 'uploads'))).toEqual([]);
	});
});

describe('a full disk', () => {
	let service: ServiceProcess | null = null;
	afterEach(async () => {
		await service?.close();
		service = null;
	});
	// The limit on a running process is Linux's own.
	const onLinux = test.skipIf(process.platform !== 'linux');

	onLinux('is told, and the upload goes on when there is room again', async () => {
		const folder = serviceFolder();
		service = await startServiceProcess(folder, { PARLEY_LOG_LEVEL: 'error' });
		const person = await Person.guest(service);
		const roomId = newRoomId();
		await person.enter(roomId, 'Person');
		const content = randomBytes(8_000_000);
		const limit = (bytes: string) =>
			execFileSync('prlimit', ['--pid', String(service?.pid), `--fsize=${bytes}:`]);

		// From here on no file of the service grows beyond this.
		limit('5000000');
		const whole = await person.begin(content.length, { roomId, filename: 'x' }, content);
		expect(whole).toMatchObject({ status: 503, error: { code: 'NOT_SAVED' } });
		expect(readdirSync(join(folder, 'data', 'uploads'))).toEqual([]);
		const begun = await person.begin(content.length, { roomId, filename: 'x' });
		const address = begun.headers.get('location') ?? '';
		const refused = await person.patch(address, 0, content);
		expect(refused).toMatchObject({ status: 503, error: { code: 'NOT_SAVED' } });
		const small = await person.ask('POST', `/api/rooms/${roomId}/messages`, {
			body: { body: 'hi' },
		});
		expect(small.status).toBe(200);

		limit('unlimited');
		const offset = Number((await person.head(address)).headers.get('upload-offset'));
		const { fileId } = file(await person.patch(address, offset, content.subarray(offset)));
		const download = await person.fetch(`/api/files/${fileId}`);
		expect(Buffer.from(await download.arrayBuffer()).equals(content)).toBe(true);
	});
});
