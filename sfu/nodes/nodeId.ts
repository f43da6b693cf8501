import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartError } from '../platform/startError.ts';

/** What a node may be called: its id is part of keys in Redis. */
const validId = /^[a-z0-9][a-z0-9-]{0,31}$/;

/**
 * The id of this node, made at its first start and kept in the data folder.
 *
 * @throws {StartError} when the folder cannot be used, or the file in it was changed.
 */
export function loadNodeId(dataDir: string): string {
	const file = join(dataDir, 'node-id');
	try {
		mkdirSync(dataDir, { recursive: true });
		try {
			writeFileSync(file, `node-${randomBytes(4).toString('hex')}`, { flag: 'wx' });
		} catch (error) {
			if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
		}
		const id = readFileSync(file, 'utf8').trim();
		if (!validId.test(id)) throw new Error('the file node-id holds no id: delete it');
		return id;
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new StartError(`data.dir: the folder ${resolve(dataDir)} cannot be used (${reason}).`);
	}
}
