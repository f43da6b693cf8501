import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Config } from '../platform/config.ts';
import { StartError } from '../platform/startError.ts';

export type Certificate = { cert: string; key: string };

const dayMs = 24 * 60 * 60 * 1000;

function readPem(setting: string, file: string): string {
	if (file.includes('-----'))
		throw new StartError(`${setting} is the name of a file, not what the file holds.`);
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		throw unreadable(setting, file, error);
	}
}

/** What is said of a file that cannot be read. */
export function unreadable(setting: string, file: string, error: unknown): StartError {
	const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
	return new StartError(`${setting}: the file ${resolve(file)} cannot be read (${code}).`);
}

/**
 * The configured certificate, or null for plain HTTP.
 *
 * @param warn is told of one that has ended. It is served all the same: a proxy in front may not mind.
 * @throws {StartError} if only one of the two files is configured, or they cannot be read or do not match.
 */
export function configuredCertificate(
	{ certificate, key }: Config['http'],
	warn: (words: string) => void = () => undefined,
): Certificate | null {
	if (!certificate && !key) return null;
	if (!certificate || !key) {
		const missing = certificate ? 'http.key' : 'http.certificate';
		throw new StartError(`${missing} is missing: HTTPS needs both http.certificate and http.key.`);
	}
	const pair = { cert: readPem('http.certificate', certificate), key: readPem('http.key', key) };
	checkPair(pair, warn);
	return pair;
}

/**
 * @param warn is told of a certificate that has ended.
 * @throws {StartError} if the two do not match.
 */
export function checkPair(pair: Certificate, warn: (words: string) => void): void {
	try {
		createSecureContext(pair);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new StartError(`http.certificate and http.key do not make a usable pair (${reason}).`);
	}
	const until = new X509Certificate(pair.cert).validToDate;
	if (until.getTime() <= Date.now())
		warn(
			`http.certificate ended on ${until.toISOString().slice(0, 10)}: browsers refuse it. Renew it.`,
		);
}

/** Whether a stored certificate is still usable: it names all addresses and is valid for another day. */
function stillServes(pem: string, addresses: readonly string[], now: number): boolean {
	const certificate = new X509Certificate(pem);
	return (
		Date.parse(certificate.validTo) > now + dayMs &&
		addresses.every((address) => certificate.checkIP(address) !== undefined)
	);
}

/**
 * A self-signed certificate for these addresses of the local network. It is stored in the data folder, so that a
 * browser that was told to trust it keeps trusting it after a restart.
 */
export async function lanCertificate(
	dataDir: string,
	addresses: readonly string[],
): Promise<Certificate> {
	const files = { cert: join(dataDir, 'lan-certificate.pem'), key: join(dataDir, 'lan-key.pem') };
	try {
		const kept = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
		if (stillServes(kept.cert, addresses, Date.now())) return kept;
	} catch {
		// There is none, or it is damaged: a new one is made.
	}
	// Loaded only here: it brings a hundred and fifty files.
	const { generate } = await import('selfsigned');
	const made = await generate([{ name: 'commonName', value: 'Parley on the local network' }], {
		keyType: 'ec',
		curve: 'P-256',
		notAfterDate: new Date(Date.now() + 397 * dayMs),
		extensions: [
			{ name: 'basicConstraints', cA: false },
			{ name: 'extKeyUsage', serverAuth: true },
			{
				name: 'subjectAltName',
				altNames: [
					{ type: 2, value: 'localhost' },
					...addresses.map((ip) => ({ type: 7 as const, ip })),
				],
			},
		],
	});
	const pair = { cert: made.cert, key: made.private };
	mkdirSync(dataDir, { recursive: true });
	writeFileSync(files.cert, pair.cert);
	writeFileSync(files.key, pair.key, { mode: 0o600 });
	return pair;
}
