import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FileInfo } from '../../shared/chat.ts';
import { newRoomId } from '../../shared/ids.ts';
import { guestCookie } from '../support/client.ts';
import { ServiceCluster } from '../support/cluster.ts';
import { Person } from '../support/person.ts';
import { S3Server } from '../support/s3Server.ts';

const megabyte = 1024 * 1024;

let storage: S3Server;
let cluster: ServiceCluster;
beforeAll(async () => {
	storage = await S3Server.start();
	cluster = await ServiceCluster.start();
	const { bucket, endpoint, accessKeyId, secretAccessKey } = storage;
	for (const id of ['a', 'b', 'c'])
		await cluster.add(id, {
			PARLEY_FILES_DIR: '',
			PARLEY_FILES_S3_BUCKET: bucket,
			PARLEY_FILES_S3_ENDPOINT: endpoint,
			PARLEY_FILES_S3_ACCESSKEYID: accessKeyId,
			PARLEY_FILES_S3_SECRETACCESSKEY: secretAccessKey,
		});
}, 120_000);
afterAll(async () => {
	await cluster.close();
	await storage.stop();
});

test('an upload goes on through another node, also after the first one has died, and is read through each', async () => {
	const cookie = await guestCookie(cluster.node(0).url);
	const on = await Promise.all(cluster.nodes.map((node) => Person.of(node, cookie)));
	const [a, b, c] = on as [Person, Person, Person];
	const roomId = newRoomId();
	await a.enter(roomId, 'Ana');
	const content = randomBytes(20 * megabyte);
	const begun = await a.begin(content.length, { roomId, filename: 'x.bin' });
	const address = begun.headers.get('location') ?? '';
	const pieces = [2 * megabyte, 11 * megabyte, content.length];
	expect((await a.patch(address, 0, content.subarray(0, pieces[0]))).status).toBe(204);
	await cluster.node(0).kill();
	expect((await b.head(address)).headers.get('upload-offset')).toBe(String(pieces[0]));
	const second = content.subarray(pieces[0], pieces[1]);
	expect((await b.patch(address, pieces[0] ?? 0, second)).status).toBe(204);
	const last = await c.patch(address, pieces[1] ?? 0, content.subarray(pieces[1]));
	const { fileId } = (last.data as { file: FileInfo }).file;
	for (const person of [b, c]) {
		const response = await person.fetch(`/api/files/${fileId}`);
		expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
	}
	expect([...storage.objects.keys()]).toEqual([fileId]);
});
