import type { Config } from '../platform/config.ts';
import { loadPushKeys } from './pushKeys.ts';
import { Pushes, type PushParts } from './pushes.ts';
import { PushSender } from './pushSender.ts';

const day = 24 * 60 * 60_000;

/** The notifications of the service. */
export type OpenPushes = {
	/** The public key for which browsers subscribe; null if push is switched off. */
	readonly key: string | null;
	close(): void;
};

/** Notifies people from now on, unless `push.enabled` is off. */
export async function openPushes(
	{ push, accounts, calls }: Pick<Config, 'push' | 'accounts' | 'calls'>,
	parts: Omit<PushParts, 'sender' | 'ringTime' | 'idleTime'>,
): Promise<OpenPushes> {
	if (!push.enabled) return { key: null, close: () => undefined };
	const keys = await loadPushKeys(parts.store);
	const pushes = new Pushes({
		...parts,
		sender: new PushSender(keys, push.contact, push.networks),
		ringTime: calls.ringSeconds * 1000,
		idleTime: accounts.idleDays * day,
	});
	return { key: keys.publicKey, close: () => pushes.close() };
}
