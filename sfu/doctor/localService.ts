import { readFile } from 'node:fs/promises';
import { request as requestPlain } from 'node:http';
import { request as requestSecure, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import * as v from 'valibot';
import { mediaReport } from '#shared/doctor.ts';
import { doctorPath, operatorProof } from '../http/doctorRoute.ts';
import type { Config } from '../platform/config.ts';

/** How long the service may take to answer, and to try its media ports, in ms. */
const timeouts = { answer: 3_000, media: 15_000 } as const;

const silence = new Error('no answer');

type Answer = { status: number; text: string };

/**
 * Asks what listens on the HTTP port of this machine, by HTTP, or by HTTPS where that is not understood. The certificate is not
 * checked: it is for the public name. Rejects where nothing answers.
 */
export async function askLocally(
	{ address, port }: Config['http'],
	path: string,
	options: Pick<RequestOptions, 'method' | 'headers' | 'timeout'> = {},
): Promise<Answer> {
	const isWild = ['', '0.0.0.0', '::'].includes(address);
	const to = {
		host: isWild ? '127.0.0.1' : address,
		port,
		path,
		timeout: timeouts.answer,
		...options,
	};
	return ask(requestPlain, to).catch((error: unknown) => {
		// A server of HTTPS cuts the connection; one that is silent is silent by HTTPS, too.
		if (error === silence) throw error;
		return ask(requestSecure, { ...to, rejectUnauthorized: false });
	});
}

async function ask(
	request: typeof requestPlain | typeof requestSecure,
	to: RequestOptions,
): Promise<Answer> {
	const { promise, resolve, reject } = Promise.withResolvers<Answer>();
	const outgoing = request(to, (response) => {
		let text = '';
		response.setEncoding('utf8').on('data', (more: string) => (text += more));
		response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
		response.on('error', reject);
	});
	outgoing.on('timeout', () => outgoing.destroy(silence));
	outgoing.on('error', reject);
	outgoing.end();
	return promise;
}

/**
 * What the service of this configuration tells of its media.
 *
 * @returns null where none runs, or another one is on its port. Never rejects.
 */
export async function askService({ http, data }: Config) {
	try {
		const secret = (await readFile(join(data.dir, 'session-secret'), 'utf8')).trim();
		const { status, text } = await askLocally(http, http.basePath + doctorPath, {
			method: 'POST',
			timeout: timeouts.media,
			headers: { authorization: `Bearer ${operatorProof(secret, Date.now())}` },
		});
		if (status !== 200) return null;
		return v.parse(v.object({ data: mediaReport }), JSON.parse(text)).data;
	} catch {
		// It does not run, has another secret, or its folder is not there yet.
		return null;
	}
}
