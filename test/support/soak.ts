import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { CodedError } from '../../shared/errors.ts';
import { newRoomId, type RoomId } from '../../shared/ids.ts';
import { TestClient } from './client.ts';
import { Person } from './person.ts';
import { dtls, produceInput } from './rtp.ts';
import type { Watched } from './watched.ts';
import { cookieFrom, requestBytes, Wire, type Header } from './wire.ts';

/** What a service holds, at one moment of a soak. */
export type Sample = {
	/** How many operations there were before. */
	after: number;
	descriptors: number;
	timers: number;
	/** What keeps its process alive. */
	resources: number;
	/** Rows of its database, by table. */
	rows: Record<string, number>;
	/** Live objects, in kB. */
	heap: number;
	/** Memory of the process and of its media workers, in kB. */
	memory: number;
	workerMemory: number;
};

/** How many people come and go, each from a network of their own, and how many rooms they share. */
const [people, rooms] = [96, 24];
/** How many networks downloads come from. */
const networks = 7;
/** How many are at it at a time. */
const abreast = 6;
/** How long a service may take to let go before it is looked at, in ms. */
const settling = 2_000;
/** How long it may take until all is written down, in ms. */
const patience = 60_000;

const build = join(import.meta.dirname, '../../web/build/_app/immutable');
const dataFile = (folder: string) => join(folder, 'data', 'parley.sqlite');

/** The largest file that pages are made of: the longest download without an account. */
function largestFile(): string {
	const files = readdirSync(build, { recursive: true, encoding: 'utf8' })
		.filter((name) => !/\.(?:br|gz)$/.test(name))
		.map((name) => ({ name, stat: statSync(join(build, name)) }))
		.filter(({ stat }) => stat.isFile())
		.sort((a, b) => b.stat.size - a.stat.size);
	return `/_app/immutable/${files[0]?.name ?? ''}`;
}

function rowsOf(folder: string): Record<string, number> {
	if (!existsSync(dataFile(folder))) return {};
	const database = new DatabaseSync(dataFile(folder), { readOnly: true });
	try {
		const tables = database.prepare("select name from sqlite_schema where type = 'table'").all();
		return Object.fromEntries(
			tables.map(({ name }) => {
				const counted = database.prepare(`select count(*) as rows from "${String(name)}"`).get();
				return [String(name), Number(counted?.['rows'])];
			}),
		);
	} finally {
		database.close();
	}
}

const memoryOf = (pid: number) =>
	Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);

/** Rows once no more are written: what is written down of calls comes later than they do. */
async function settledRows(folder: string): Promise<Record<string, number>> {
	const end = Date.now() + patience;
	for (let rows = rowsOf(folder); ;) {
		await pause(settling);
		const now = rowsOf(folder);
		if (isDeepStrictEqual(rows, now) || Date.now() > end) return now;
		rows = now;
	}
}

/** Looks at what the service holds, once no more rows are written. */
export async function sample(service: Watched, after: number): Promise<Sample> {
	const rows = await settledRows(service.folder);
	const { timers, resources, heap } = await service.gauge(true);
	return {
		...{ after, timers, rows },
		descriptors: service.descriptors().length,
		resources: Object.values(resources).reduce((sum, number) => sum + number, 0),
		heap: heap / 1024,
		memory: memoryOf(service.pid),
		workerMemory: service.workers().reduce((sum, pid) => sum + memoryOf(pid), 0),
	};
}

/** Carries out the operations from one index up to another, a few at a time. */
async function carryOut(
	from: number,
	to: number,
	operation: (index: number) => Promise<void>,
): Promise<void> {
	let index = from;
	const work = async () => {
		while (index < to) await operation(index++);
	};
	await Promise.all(Array.from({ length: abreast }, work));
}

/** Carries out an operation `times` times, a few at a time, and looks at the service after each share of them. */
async function repeatedly(
	service: Watched,
	{ times, samples }: { times: number; samples: number },
	operation: (index: number) => Promise<void>,
): Promise<Sample[]> {
	const found: Sample[] = [];
	for (let share = 0, begin = 0; share <= samples; share++) {
		const end = Math.round((times * share) / samples);
		await carryOut(begin, end, operation);
		found.push(await sample(service, end));
		begin = end;
	}
	return found;
}

/** Somebody who comes to the same rooms again and again. */
type Regular = { from: string; cookie: string };

const regulars = (service: Watched): Promise<Regular[]> =>
	Promise.all(
		Array.from({ length: people }, async (_, index) => {
			const from = `127.4.${index}.1`;
			return { from, cookie: await cookieFrom(service.url, from) };
		}),
	);

/** In by the lobby, with a microphone and a camera, and out again: in order, or by a connection that breaks. */
async function comeAndGo(service: Watched, who: Regular, roomId: RoomId, index: number) {
	const client = await TestClient.connect(service, who);
	try {
		const { routerRtpCapabilities } = await client.ask('lobby:enter', { roomId });
		await client.ask('media:connect', { direction: 'send', dtlsParameters: dtls() });
		await client.ask('media:produce', produceInput('microphone'));
		await client.ask('media:produce', produceInput('camera'));
		await client.ask('room:join', {
			...{ roomId, name: `Regular ${index}` },
			rtpCapabilities: routerRtpCapabilities,
			firstPage: { videos: 9, width: 640, height: 360 },
		});
		if (index % 2 === 0) await client.ask('room:leave', {});
	} finally {
		client.close();
	}
}

/** The same, a little later where somebody was too quick for their budget. */
async function comeInTime(...what: Parameters<typeof comeAndGo>): Promise<void> {
	for (let tries = 0; ; tries++) {
		try {
			return await comeAndGo(...what);
		} catch (error) {
			if (!(error instanceof CodedError) || error.code !== 'TOO_MANY_REQUESTS' || tries > 20)
				throw error;
			await pause(500);
		}
	}
}

/** Joins and leaves, one operation each. */
export async function soakJoins(
	service: Watched,
	plan: { times: number; samples: number },
): Promise<Sample[]> {
	const who = await regulars(service);
	const where = Array.from({ length: rooms }, newRoomId);
	const comes = async (index: number) => {
		const [person, roomId] = [who[index % people], where[index % rooms]];
		if (person && roomId) await comeInTime(service, person, roomId, index);
	};
	// All that is made once is made before the first look.
	await carryOut(0, people, comes);
	return repeatedly(service, plan, comes);
}

/** Downloads that are broken off, one operation each: of a page's largest file, and of a file in a chat. */
export async function soakDownloads(
	service: Watched,
	plan: { times: number; samples: number },
): Promise<Sample[]> {
	const from = '127.5.0.1';
	const cookie = await cookieFrom(service.url, from);
	const person = await Person.of(service, cookie);
	const roomId = newRoomId();
	await person.enter(roomId, 'Regular');
	const { fileId } = await person.upload(roomId, Buffer.alloc(8 * 1024 * 1024));
	const common: Header[] = [
		['Host', new URL(service.url).host],
		['Accept-Encoding', 'identity'],
	];
	const large = requestBytes('GET', largestFile(), common);
	const own = requestBytes('GET', `/api/files/${fileId}`, [...common, ['Cookie', cookie]]);
	const breaksOff = async (index: number) => {
		const wire = await Wire.open(service.url, `127.5.${index % networks}.1`);
		wire.deafen();
		// So many that they do not fit into the buffers of the system.
		wire.send(index % 4 === 0 ? own : Buffer.concat(Array.from({ length: 12 }, () => large)));
		await pause(20);
		wire.reset();
	};
	// Both kinds from each network: what is kept of a network for a while is there before the first look.
	for (let index = 0; index < networks * 4; index++) await breaksOff(index);
	return repeatedly(service, plan, breaksOff);
}

/** By how much a value grows with each operation: the line that lies nearest to all but the first sample. */
export function slopeOf(samples: readonly Sample[], valueOf: (sample: Sample) => number): number {
	const points = samples.slice(1).map((one) => [one.after, valueOf(one)] as const);
	const mean = (index: 0 | 1) =>
		points.reduce((sum, point) => sum + point[index], 0) / points.length;
	const [x, y] = [mean(0), mean(1)];
	const spread = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
	return spread === 0
		? 0
		: points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0) / spread;
}
