import { once } from 'node:events';
import {
	copyFileSync,
	mkdirSync,
	mkdtempSync,
	renameSync,
	rmSync,
	symlinkSync,
	unlinkSync,
	writeFileSync,
} from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { configuredCertificate } from '../../sfu/http/certificate.ts';
import { CertificateFiles } from '../../sfu/http/certificateFiles.ts';
import { eventually } from '../support/client.ts';
import { startService } from '../support/service.ts';
import { TestCertificate } from '../support/testCertificate.ts';

let first: TestCertificate;
let second: TestCertificate;
beforeAll(async () => {
	[first, second] = [await TestCertificate.make(), await TestCertificate.make()];
});
afterAll(() => {
	first.close();
	second.close();
});

/** The certificate that a new connection is shown, as text (PEM). */
async function shown(port: number): Promise<string> {
	const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
	await once(socket, 'secureConnect');
	const { raw } = socket.getPeerCertificate();
	socket.destroy();
	return raw.toString('base64');
}
const bodyOf = ({ text }: TestCertificate) => text.replaceAll(/-----.*-----|\s/g, '');
const shows = (port: number, certificate: TestCertificate) => async () =>
	(await shown(port)) === bodyOf(certificate);

let folder = '';
let files: { certificate: string; key: string };
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'parley-renewed-'));
	files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a certificate and its key over what is there. */
function write({ files: from }: TestCertificate, to = files): void {
	copyFileSync(from.cert, to.certificate);
	copyFileSync(from.key, to.key);
}

describe('HTTP-14: the files of a certificate', () => {
	type Line = { level: number; msg: string; reason?: string };
	let lines: Line[];
	let port = 0;
	const closing: (() => void)[] = [];
	afterEach(() => {
		for (const close of closing.splice(0)) close();
	});

	/** A server with what the files have, which are looked at all the time. */
	async function serve(): Promise<void> {
		lines = [];
		const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line) as Line) });
		const http = files as Parameters<typeof configuredCertificate>[0];
		const current = configuredCertificate(http);
		if (!current) throw new Error('there is no certificate');
		const server = createServer(current).listen(0, '127.0.0.1');
		await once(server, 'listening');
		port = (server.address() as AddressInfo).port;
		const renewing = new CertificateFiles(files, current, log, 30);
		renewing.serveBy(server);
		renewing.start();
		closing.push(
			() => renewing.close(),
			() => server.close(),
		);
	}

	test('are served once they are replaced, and the log says so once', async () => {
		write(first);
		await serve();
		expect(await shown(port)).toBe(bodyOf(first));
		write(second);
		await eventually(shows(port, second));
		write(first);
		await eventually(shows(port, first));
		expect(lines.map(({ msg }) => msg)).toEqual([
			expect.stringContaining('is served from now on'),
			expect.stringContaining('is served from now on'),
		]);
	});

	test('may be symbolic links, as of certbot', async () => {
		const links = files;
		const archive = (number: number) => ({
			certificate: join(folder, `cert${number}.pem`),
			key: join(folder, `key${number}.pem`),
		});
		write(first, archive(1));
		write(second, archive(2));
		symlinkSync('cert1.pem', links.certificate);
		symlinkSync('key1.pem', links.key);
		await serve();
		for (const [link, target] of [
			[links.certificate, 'cert2.pem'],
			[links.key, 'key2.pem'],
		] as const) {
			unlinkSync(link);
			symlinkSync(target, link);
		}
		await eventually(shows(port, second));
	});

	test('may be in a folder that a symbolic link names, as a secret of Kubernetes', async () => {
		for (const [name, certificate] of [
			['..1', first],
			['..2', second],
		] as const) {
			mkdirSync(join(folder, name));
			const [cert, key] = [join(folder, name, 'tls.crt'), join(folder, name, 'tls.key')];
			write(certificate, { certificate: cert, key });
		}
		symlinkSync('..1', join(folder, '..data'));
		symlinkSync('..data/tls.crt', files.certificate);
		symlinkSync('..data/tls.key', files.key);
		await serve();
		symlinkSync('..2', join(folder, '..new'));
		renameSync(join(folder, '..new'), join(folder, '..data'));
		await eventually(shows(port, second));
	});

	test.each([
		['a certificate without its key', () => copyFileSync(second.files.cert, files.certificate)],
		['half a certificate', () => writeFileSync(files.certificate, second.text.slice(0, 200))],
		['nothing', () => unlinkSync(files.key)],
	])('that have %s leave the old one, and the log says why, once', async (_what, spoil) => {
		write(first);
		await serve();
		spoil();
		await eventually(() => lines.length > 0);
		const [{ level, reason } = { level: 0, reason: '' }] = lines;
		expect(level).toBe(50);
		expect(reason).toMatch(/http\.(?:certificate|key)/);
		await new Promise((resolve) => setTimeout(resolve, 300));
		expect(lines.length).toBe(1);
		expect(await shown(port)).toBe(bodyOf(first));
		write(second);
		await eventually(shows(port, second));
	});
});

test('HTTP-14: a service shows a renewed certificate without a restart', async () => {
	write(first);
	const service = await startService({ http: files });
	const port = Number(new URL(service.url).port);
	try {
		expect(await shown(port)).toBe(bodyOf(first));
		const old = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
		await once(old, 'secureConnect');
		write(second);
		await eventually(shows(port, second));
		old.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
		expect(String((await once(old, 'data'))[0])).toContain('200 OK');
		old.destroy();
	} finally {
		await service.close();
	}
});
