import { afterEach, describe, expect, test } from 'vitest';
import { exits } from '../load/run/exits.ts';
import { LoadTool } from '../support/loadTool.ts';
import { freePort } from '../support/ports.ts';
import { startService } from '../support/service.ts';
import { startServiceProcess } from '../support/serviceProcess.ts';
import { TestCertificate } from '../support/testCertificate.ts';
import { sharedService } from '../support/withService.ts';

const tools: LoadTool[] = [];
afterEach(() => {
	for (const each of tools.splice(0)) each.close();
});

/** @param environment variables besides those of every process of a test. */
function startToolIn(environment: Record<string, string>, ...args: string[]): LoadTool {
	const started = new LoadTool(args, environment);
	tools.push(started);
	return started;
}

const startTool = (...args: string[]): LoadTool => startToolIn({}, ...args);

/** Small pictures, for the machine of the test is none to be measured. */
const small = ['--video', '180p', '--fps', '5', '--ramp', '0'];

describe('the load tool', { timeout: 180_000 }, () => {
	test('has all its bots inside, where each receives sound and pictures of every other', async () => {
		const { url } = await sharedService();
		const size = ['--rooms', '3', '--peers', '3', ...small];
		const run = startTool('--url', url, ...size, '--seconds', '5');
		expect(await run.exit, run.said).toBe(exits.complete);
		const { bots, others, errors, steps, received } = run.report.summary;
		expect(bots).toEqual({ asked: 9, inside: 9, complete: 9 });
		expect(others).toEqual({ sound: 18, heard: 18, pictures: 18, seen: 18 });
		expect(errors).toEqual([]);
		expect(steps).toMatchObject({ lobby: { count: 9 }, joined: { count: 9 } });
		expect(received.bitrate).toBeGreaterThan(0);
		expect(run.said).toContain('9 of 9');
		expect(run.lives).toBe(false);
	});

	test('has those who watch a webinar raise their hands, ask, and come on the stage', async () => {
		const { url } = await sharedService();
		const size = ['--rooms', '1', '--peers', '3', ...small, '--seconds', '4'];
		const run = startTool('--url', url, '--scenario', 'webinar', ...size);
		expect(await run.exit, run.said).toBe(exits.complete);
		const { bots, chat, requests, errors } = run.report.summary;
		expect(bots).toEqual({ asked: 3, inside: 3, complete: 3 });
		expect(chat).toMatchObject({ posted: 1, delivered: 3 });
		// Raised at first, lowered at the end.
		expect(requests['room:hand']?.count).toBe(2);
		expect(errors).toEqual([]);
	});

	test('has strangers press Next again and again, and times each press up to the next partner', async () => {
		const { url } = await sharedService();
		const size = ['--rooms', '1', '--peers', '4', ...small, '--seconds', '4'];
		const run = startTool('--url', url, '--scenario', 'next-storm', ...size);
		expect(await run.exit, run.said).toBe(exits.complete);
		const { bots, steps, requests, errors } = run.report.summary;
		expect(bots).toMatchObject({ asked: 4, inside: 4 });
		expect(steps['joined']?.count).toBe(4);
		expect(requests['match:next']?.count).toBeGreaterThan(0);
		expect(steps['next-found']?.count).toBeGreaterThan(0);
		expect(errors).toEqual([]);
	});

	test('sends prepared packets in bulk, of a screen and of all sizes of a camera, and counts those that come', async () => {
		const { url } = await sharedService();
		// Pictures of two sizes, which nobody has to encode.
		const size = ['--rooms', '1', '--peers', '3', '--video', '360p', '--ramp', '0'];
		const run = startTool('--url', url, '--bulk', '--scenario', 'share', ...size, '--seconds', '4');
		expect(await run.exit, run.said).toBe(exits.complete);
		const { bots, others, received, bulk, errors } = run.report.summary;
		expect(bulk).toBe(true);
		expect(bots).toEqual({ asked: 3, inside: 3, complete: 3 });
		// Two cameras and the screen for two of them, two cameras for the third.
		expect(others).toEqual({ sound: 6, heard: 6, pictures: 8, seen: 8 });
		expect(received.decoded).toBe(null);
		// The smallest picture has 150 kbit/s at most: of some camera, too, the service has gone on to the larger one.
		const [machine] = run.report.machines;
		const rates = machine?.bots.flatMap(({ bitrates }) => bitrates.video) ?? [];
		expect(rates.filter((rate) => rate > 160_000).length).toBeGreaterThan(2);
		expect(errors).toEqual([]);
		expect(run.said).toContain('not measured: encoding');
	});

	test('says that there is no openssl, which bots in bulk need', async () => {
		const { url } = await sharedService();
		const run = startToolIn({ PATH: '/nowhere' }, '--url', url, '--bulk');
		expect(await run.exit, run.said).toBe(exits.noOpenssl);
		expect(run.said).toContain('--bulk needs openssl');
	});

	test('says that there is no Chromium for the probe', async () => {
		const { url } = await sharedService();
		const size = ['--rooms', '1', '--peers', '1', '--video', 'none'];
		const nowhere = { PARLEY_CHROMIUM: '/nowhere/chromium' };
		const run = startToolIn(nowhere, '--url', url, ...size, '--probe');
		expect(await run.exit, run.said).toBe(exits.noBrowser);
		expect(run.said).toContain('There is no Chromium for the probe: PARLEY_CHROMIUM names');
		expect(run.lives).toBe(false);
	});

	test('says in a sentence that nobody answers', async () => {
		const url = `http://127.0.0.1:${await freePort()}`;
		const run = startTool('--url', url);
		expect(await run.exit).toBe(exits.unreachable);
		expect(run.said).toBe(`Nobody answers at ${url} (ECONNREFUSED).\n`);
	});

	test('says that the certificate is not trusted, and trusts an authority that it is told of', async () => {
		const certificate = await TestCertificate.make();
		const { cert, key } = certificate.files;
		const service = await startService({ http: { certificate: cert, key } });
		try {
			const url = service.url.replace('http://127.0.0.1', 'https://localhost');
			const size = ['--rooms', '1', '--peers', '1', '--video', 'none', '--seconds', '1'];
			const distrusts = startTool('--url', url, ...size);
			expect(await distrusts.exit, distrusts.said).toBe(exits.untrusted);
			expect(distrusts.said).toContain(`The certificate of ${url} is not trusted`);
			const trusts = startToolIn({ NODE_EXTRA_CA_CERTS: cert }, '--url', url, ...size);
			expect(await trusts.exit, trusts.said).toBe(exits.complete);
		} finally {
			await service.close();
			certificate.close();
		}
	});

	test('keeps what it measured when the service ends in the middle', async () => {
		const service = await startServiceProcess();
		try {
			const size = ['--rooms', '1', '--peers', '2', '--video', 'none', '--seconds', '600'];
			const run = startTool('--url', service.url, ...size);
			await run.says('load on: 2 of 2 inside');
			await service.kill();
			expect(await run.exit, run.said).toBe(exits.gone);
			expect(run.report).toMatchObject({
				machines: [{ ended: 'gone' }],
				summary: { bots: { asked: 2, inside: 2 } },
			});
			expect(run.said).toContain(`The service at ${service.url} stopped answering`);
			expect(run.lives).toBe(false);
		} finally {
			await service.close();
		}
	});

	test('keeps what it measured at Ctrl+C, and says that a room is full', async () => {
		const service = await startServiceProcess(undefined, { PARLEY_ROOMS_MAXPEERS: '1' });
		try {
			const size = ['--rooms', '1', '--peers', '2', '--video', 'none'];
			const full = startTool('--url', service.url, ...size, '--seconds', '1');
			expect(await full.exit, full.said).toBe(exits.full);
			const refused = { what: 'room:join', code: 'ROOM_FULL', count: 1 };
			expect(full.report.summary.errors).toContainEqual(expect.objectContaining(refused));
			const run = startTool('--url', service.url, ...size, '--seconds', '600');
			await run.says('load on: 1 of 2 inside');
			run.interrupt();
			expect(await run.exit, run.said).toBe(exits.interrupted);
			expect(run.report.summary.bots).toMatchObject({ asked: 2, inside: 1 });
			expect(run.lives).toBe(false);
		} finally {
			await service.close();
		}
	});
});
