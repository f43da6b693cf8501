import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { CodedError } from '#shared/errors.ts';
import type { MediaPath } from '#shared/doctor.ts';

/** Where the doctor's command asks a running service. */
export const doctorPath = '/doctor/media';

/** How long a proof is valid, in ms. */
const lifetime = 60_000;

/**
 * Proves that its maker can read the secret of the data folder, as the service's user can.
 *
 * It is signed with a key of its own, so that no cookie passes for it.
 *
 * @param at in ms since 1970.
 */
export const operatorProof = (secret: string, at: number): string =>
	`${at}.${createHmac('sha256', `${secret} doctor`).update(String(at)).digest('base64url')}`;

function isProof(given: string, secret: string, now: number): boolean {
	const at = Number(/^\d{1,15}(?=\.)/.exec(given)?.[0]);
	if (!(Math.abs(now - at) <= lifetime)) return false;
	const [one, other] = [Buffer.from(given), Buffer.from(operatorProof(secret, at))];
	return one.length === other.length && timingSafeEqual(one, other);
}

/**
 * Tries the media ports for the doctor's command, which cannot do so itself while the service has them.
 *
 * @param secret of the data folder.
 */
export function doctorRoute(
	secret: string,
	mediaPaths: () => Promise<readonly MediaPath[]>,
): RequestHandler {
	return async (request, response) => {
		const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
		if (!isProof(given, secret, Date.now())) throw new CodedError('UNAUTHENTICATED');
		response.json({ ok: true, data: { pid: process.pid, paths: await mediaPaths() } });
	};
}
