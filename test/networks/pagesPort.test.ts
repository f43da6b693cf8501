import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureChromium } from '../../setup/chromium.mjs';
import { launchOptions, Person } from '../support/browser.ts';
import { eventually } from '../support/client.ts';
import { canMakeNamespaces, TwoMachines } from '../support/networkNamespace.ts';
import { startServiceProcess, type ServiceProcess } from '../support/serviceProcess.ts';
import { TestCertificate } from '../support/testCertificate.ts';
import { all, twoBotsMeet } from '../support/twoBots.ts';

const server = '203.0.113.5';

describe.runIf(canMakeNamespaces)('MEDIA-24: where the port of the pages alone is open', () => {
	let machines: TwoMachines;
	beforeAll(async () => {
		machines = await TwoMachines.make({
			server: [`${server}/24`, '10.9.0.5/24'],
			client: ['203.0.113.77/24', '10.9.0.77/24'],
		});
	});
	afterAll(() => machines?.close());

	/** Starts a service on this port, beside which nothing is let through. */
	async function start(
		port: number,
		environment: Record<string, string> = {},
	): Promise<ServiceProcess> {
		const to = `ip daddr { ${server}, 10.9.0.5 }`;
		await machines.client.drop([`${to} meta l4proto udp`, `${to} tcp dport != ${port}`]);
		const settings = {
			PARLEY_HTTP_PORT: String(port),
			PARLEY_HTTP_ADDRESS: '',
			PARLEY_MEDIA_PORT: '40000',
			PARLEY_MEDIA_LISTENADDRESS: '',
			PARLEY_MEDIA_ANNOUNCEDADDRESS: server,
			PARLEY_MEDIA_PAGESPORT: String(port),
		};
		const { within } = machines.server;
		return startServiceProcess(
			undefined,
			{ ...settings, ...environment },
			undefined,
			undefined,
			within,
		);
	}

	test('two clients of libwebrtc see and hear each other', { timeout: 120_000 }, async () => {
		const service = await start(3000);
		try {
			expect(await twoBotsMeet(`http://${server}:3000`, machines.client.within)).toEqual(all);
		} finally {
			await service.close();
		}
	});

	describe('and the service has a certificate', () => {
		const url = `https://${server}`;
		const folder = mkdtempSync(join(tmpdir(), 'parley-namespace-'));
		let certificate: TestCertificate;
		let service: ServiceProcess;
		let browser: Browser;
		beforeAll(async () => {
			certificate = await TestCertificate.make();
			const { cert, key } = certificate.files;
			service = await start(443, {
				PARLEY_HTTP_CERTIFICATE: cert,
				PARLEY_HTTP_KEY: key,
				// From a local address, browsers take no media on this port.
				PARLEY_MEDIA_ANNOUNCEDADDRESS: `10.9.0.5,${server}`,
			});
			const found = await ensureChromium(process.execPath);
			const [program, args] = machines.client.within(found, []);
			const executablePath = join(folder, 'chromium');
			writeFileSync(executablePath, `#!/bin/sh\nexec ${[program, ...args].join(' ')} "$@"\n`);
			chmodSync(executablePath, 0o755);
			browser = await chromium.launch({ ...launchOptions, executablePath });
		});
		afterAll(async () => {
			await browser?.close();
			await service?.close();
			certificate?.close();
			rmSync(folder, { recursive: true, force: true });
		});
		const open = (name: string) =>
			Person.open(browser, name, { baseURL: url, ignoreHTTPSErrors: true });

		test('two browsers see and hear each other', { timeout: 180_000 }, async () => {
			const [ada, bo] = [await open('Ada'), await open('Bo')];
			for (const person of [ada, bo]) {
				await person.toLobby('one-port');
				await person.join();
			}
			await ada.seesMoving('Bo');
			await bo.seesMoving('Ada');
			for (const person of [ada, bo]) {
				const heard = () => person.total('inbound-rtp', 'audio', 'totalAudioEnergy');
				await eventually(async () => (await heard()) > 0);
			}
			await ada.close();
			await bo.close();
		});

		test('/check says that the way over TCP works', { timeout: 180_000 }, async () => {
			const cleo = await open('Cleo');
			const { page } = cleo;
			await page.goto('/check');
			await page
				.getByRole('status')
				.filter({ hasText: /^Calls / })
				.waitFor({ timeout: 120_000 });
			const line = page.getByRole('listitem').filter({ hasText: 'over TCP' });
			expect(await line.innerText()).toContain('Works');
			await cleo.close();
		});
	});
});
