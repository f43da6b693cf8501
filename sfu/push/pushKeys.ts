import * as v from 'valibot';
import webPush from 'web-push';
import type { Store } from '../store/api/store.ts';

const pair = v.object({ publicKey: v.string(), privateKey: v.string() });
/** The keys by which the service proves to push services who it is (RFC 8292), as base64url. */
export type PushKeys = v.InferOutput<typeof pair>;

/** Makes the keys at the first start. All nodes have the same: a browser's subscription is for one key. */
export async function loadPushKeys({ secrets }: Pick<Store, 'secrets'>): Promise<PushKeys> {
	const kept = await secrets.take('push', JSON.stringify(webPush.generateVAPIDKeys()));
	return v.parse(pair, JSON.parse(kept));
}
