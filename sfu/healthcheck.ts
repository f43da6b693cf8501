import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { loadConfig } from './platform/config.ts';

/** How long the service may take to answer, in ms. */
const answerTimeout = 2_000;

/** Resolves when the service on this machine answers. The certificate is not checked: it is for the public name. */
function probe(get: typeof getPlain | typeof getSecure, host: string, port: number): Promise<void> {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const options = {
		host,
		port,
		path: '/healthz',
		rejectUnauthorized: false,
		timeout: answerTimeout,
	};
	get(options, ({ statusCode }) => (statusCode === 200 ? resolve() : reject(new Error('not well'))))
		.on('timeout', () => reject(new Error('no answer')))
		.on('error', reject);
	return promise;
}

/** `node sfu/healthcheck.ts`, for containers: exits with 0 if the service answers over HTTP or HTTPS. */
async function main(): Promise<void> {
	const { address, port } = loadConfig(undefined, process.env).http;
	const host = address === '' || address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
	await probe(getPlain, host, port).catch(() => probe(getSecure, host, port));
}

main().then(
	() => process.exit(0),
	() => process.exit(1),
);
