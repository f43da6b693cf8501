import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartError } from './startError.ts';

/**
 * The secret that signs sessions: 256 random bits, made at the first start and kept in the data folder, readable only
 * by the service's user.
 *
 * @throws {StartError} when the folder cannot be used.
 */
export function loadSecret(dataDir: string): string {
	const file = join(dataDir, 'session-secret');
	try {
		mkdirSync(dataDir, { recursive: true });
		try {
			// Fails if the file exists, so that two starts at the same moment agree on one secret.
			writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
		} catch (error) {
			if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
		}
		const secret = readFileSync(file, 'utf8').trim();
		if (secret.length < 43) throw new Error('the file session-secret is damaged: delete it');
		return secret;
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new StartError(`data.dir: the folder ${resolve(dataDir)} cannot be used (${reason}).`);
	}
}

/** Keeps the secret that all nodes of a service share in the data folder, where commands and backups look for it. */
export function keepSecret(dataDir: string, secret: string): void {
	const file = join(dataDir, 'session-secret');
	writeFileSync(`${file}.new`, secret, { mode: 0o600 });
	renameSync(`${file}.new`, file);
}
