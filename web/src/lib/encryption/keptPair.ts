import * as v from 'valibot';
import type { RoomId } from '#shared/ids.ts';
import { fromBase64url, toBase64url } from './bytes.ts';
import { importedPair, newExchangePair, type ExchangePair } from './exchange.ts';

const key = 'parley:exchange';
const kept = v.object({
	roomId: v.string(),
	publicKey: v.string(),
	privateKey: v.record(v.string(), v.unknown()),
});

/** The pair of keys of this tab, which stays when the page is loaded again: a new secret may be sealed for it meanwhile. */
export async function pairOf(roomId: RoomId): Promise<ExchangePair> {
	try {
		const found = v.parse(kept, JSON.parse(sessionStorage.getItem(key) ?? 'null'));
		const publicKey = fromBase64url(found.publicKey);
		if (found.roomId === roomId && publicKey)
			return await importedPair(found.privateKey, publicKey);
	} catch {
		// Nothing was kept, or nothing that is known.
	}
	const pair = await newExchangePair();
	try {
		const privateKey = await crypto.subtle.exportKey('jwk', pair.privateKey);
		const record = { roomId, publicKey: toBase64url(pair.publicKey), privateKey };
		sessionStorage.setItem(key, JSON.stringify(record));
	} catch {
		// Then a page that is loaded again asks for the new link.
	}
	return pair;
}
