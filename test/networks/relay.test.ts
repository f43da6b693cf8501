import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exits } from '../load/run/exits.ts';
import type { Report } from '../load/run/report.ts';
import { childEnvironment } from '../support/childEnvironment.ts';
import { Coturn, documentedConfig, settingOf } from '../support/coturn.ts';
import { canMakeNamespaces, TwoMachines } from '../support/networkNamespace.ts';
import { startServiceProcess, type ServiceProcess } from '../support/serviceProcess.ts';

const tool = fileURLToPath(new URL('../load/run.ts', import.meta.url));
const [sfu, relay, person] = ['203.0.113.5', '203.0.113.6', '203.0.113.77'];
const ports = { http: 3000, media: 40000 };

describe.runIf(canMakeNamespaces)(
	'MEDIA-18: where a network lets nothing through to the media ports',
	() => {
		const config = documentedConfig();
		const folder = mkdtempSync(join(tmpdir(), 'parley-relay-'));
		let machines: TwoMachines;
		let coturn: Coturn;
		let service: ServiceProcess;

		beforeAll(async () => {
			machines = await TwoMachines.make({
				server: [`${sfu}/24`, `${relay}/24`, '2001:db8::5/64', '2001:db8::6/64'],
				client: [`${person}/24`, '2001:db8::77/64'],
			});
			const { within } = machines.server;
			coturn = await Coturn.start(config, within);
			const environment = {
				PARLEY_HTTP_PORT: String(ports.http),
				PARLEY_HTTP_ADDRESS: sfu,
				PARLEY_MEDIA_PORT: String(ports.media),
				PARLEY_MEDIA_LISTENADDRESS: '',
				PARLEY_MEDIA_ANNOUNCEDADDRESS: `${sfu},2001:db8::5`,
				PARLEY_MEDIA_TURN_URLS: `turn:${relay},turn:${relay}?transport=tcp`,
				PARLEY_MEDIA_TURN_SECRET: settingOf(config, 'static-auth-secret'),
			};
			service = await startServiceProcess(undefined, environment, undefined, undefined, within);
		});
		afterAll(async () => {
			await service?.close();
			await coturn?.close();
			await machines?.close();
			rmSync(folder, { recursive: true, force: true });
		});

		const mediaBlocked = [
			`ip daddr ${sfu} udp dport 1-65535`,
			`ip daddr ${sfu} tcp dport ${ports.media}`,
			'ip6 daddr 2001:db8::5 meta l4proto { tcp, udp }',
		];

		test.each([
			['TURN over UDP', mediaBlocked],
			['TURN over TCP', [...mediaBlocked, 'meta l4proto udp']],
		])('two people see and hear each other by %s', { timeout: 120_000 }, async (how, lost) => {
			await machines.client.drop(lost);
			const file = join(folder, `${how}.json`);
			const size = [
				'--rooms',
				'1',
				'--peers',
				'2',
				'--video',
				'180p',
				'--fps',
				'5',
				'--seconds',
				'1',
			];
			const asked = ['--url', `http://${sfu}:${ports.http}`, '--ramp', '0', '--report', file];
			const child = spawn(...machines.client.within(process.execPath, [tool, ...size, ...asked]), {
				stdio: ['ignore', 'pipe', 'pipe'],
				env: childEnvironment,
			});
			let said = '';
			for (const stream of [child.stdout, child.stderr])
				stream.on('data', (data: Buffer) => (said += data.toString()));
			const code = await new Promise((resolve) => child.once('close', resolve));
			expect(code, said).toBe(exits.complete);
			const { summary } = JSON.parse(readFileSync(file, 'utf8')) as Report;
			expect(summary.others).toEqual({ sound: 2, heard: 2, pictures: 2, seen: 2 });
		});
	},
);
