import { readdirSync, readlinkSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { newRoomId, type FileId } from '../../shared/ids.ts';
import { eventually } from '../support/client.ts';
import { Person } from '../support/person.ts';
import type { Service } from '../support/service.ts';
import { requestBytes, Wire } from '../support/wire.ts';
import { sharedService } from '../support/withService.ts';

let service: Service;
beforeAll(async () => {
	service = await sharedService();
});

/** How often this process, in which the service runs, has the file open. */
const opened = (fileId: FileId) =>
	readdirSync('/proc/self/fd').filter((name) => {
		try {
			return readlinkSync(`/proc/self/fd/${name}`).includes(fileId);
		} catch {
			return false;
		}
	}).length;

const ask = (path: string, { proof }: Person) =>
	requestBytes('GET', path, [['Host', new URL(service.url).host], ...Object.entries(proof)]);

test('A-C2: requests that wait their turn on a connection hold no file open when it breaks', async () => {
	const person = await Person.guest(service);
	const roomId = newRoomId();
	await person.enter(roomId, 'Guest');
	const { fileId } = await person.upload(roomId, Buffer.alloc(4 * 1024 * 1024));
	const wire = await Wire.open(service.url, '127.0.0.1');
	wire.deafen();
	for (let time = 0; time < 20; time++) wire.send(ask(`/api/files/${fileId}`, person));
	await eventually(() => opened(fileId) > 0);
	wire.reset();
	await eventually(() => opened(fileId) === 0);
});

test('requests on one connection are all answered, in their order', async () => {
	const person = await Person.guest(service);
	const wire = await Wire.open(service.url, '127.0.0.1');
	const paths = ['/healthz', '/api/rooms', '/api/nothing', '/readyz'];
	wire.send(Buffer.concat(paths.map((path) => ask(path, person))));
	await wire.until((heard) => heard.includes('ready\n'), 5_000);
	wire.close();
	const statuses = [...wire.heard.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
	expect(statuses).toEqual(['200', '200', '404', '200']);
});
