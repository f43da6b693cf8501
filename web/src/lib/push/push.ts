import { dev } from '$app/env';
import { pushRequests, type PushSettings } from '#shared/push.ts';
import { isEmbedded } from '#lib/browser/embedded.ts';
import { note } from '#lib/browser/diagnostics.ts';
import { askApi } from '#lib/http/api.ts';
import { addressOf } from '#lib/browser/ownPaths.ts';
import { keep, take } from './kept.ts';
import { serviceWorkerWords } from './push.text.ts';

/** For how long an answer on a notification counts, in ms: the call may be over by then. */
const acceptedFor = 60_000;

/** What the person wants to be notified of on this device. */
export type Wanted = Pick<PushSettings, 'messages' | 'muted'>;

let pushed = false;
/** The last change of what is wanted: each waits for the one before. */
let turn = Promise.resolve();
/** Whether the service notifies this browser of calls by its push service. */
export const isPushed = (): boolean => pushed;

/** The service worker of these pages, begun if it is not there; null where there can be none. */
async function serviceWorker(): Promise<ServiceWorkerRegistration | null> {
	// The development server has no service worker.
	if (dev || isEmbedded() || !('serviceWorker' in navigator)) return null;
	try {
		await keep('words', serviceWorkerWords());
		return await navigator.serviceWorker.register(addressOf('/service-worker.js'));
	} catch (error) {
		// A private window may have none: pages work without it.
		note('page', 'no service worker', { error: String(error) });
		return null;
	}
}

/** Has the service notify this browser by its push service from now on; null: not any more. */
export function notifyByPush(wanted: Wanted | null): Promise<void> {
	turn = turn.then(() => change(wanted));
	return turn;
}

async function change(wanted: Wanted | null): Promise<void> {
	const registration = await serviceWorker();
	if (!registration?.pushManager) return;
	try {
		const before = await registration.pushManager.getSubscription();
		const isWanted = wanted !== null && Notification.permission === 'granted';
		if (!isWanted) await end(before);
		pushed = isWanted && (await begin(registration.pushManager, before, wanted));
	} catch (error) {
		pushed = false;
		// The push service or the server cannot be reached, or this browser has none: open pages notify as before.
		note('page', 'no push', { error: String(error) });
	}
}

async function end(subscription: PushSubscription | null): Promise<void> {
	if (!subscription) return;
	await subscription.unsubscribe();
	await askApi(pushRequests['DELETE /api/push'].output, 'DELETE', '/api/push');
}

async function begin(
	manager: PushManager,
	before: PushSubscription | null,
	wanted: Wanted,
): Promise<boolean> {
	const { key } = await askApi(pushRequests['GET /api/push'].output, 'GET', '/api/push');
	const isCurrent = key !== null && before !== null && keyOf(before) === key;
	if (!isCurrent) await before?.unsubscribe();
	if (key === null) return false;
	const subscription = isCurrent
		? before
		: await manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
	const { endpoint, keys } = subscription.toJSON();
	const { output } = pushRequests['PUT /api/push'];
	await askApi(output, 'PUT', '/api/push', { endpoint, keys, ...wanted });
	return true;
}

/** The key that a subscription is for, as base64url. */
function keyOf({ options }: PushSubscription): string {
	const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer());
	return btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replaceAll('=', '');
}

/**
 * Hears of calls that the person accepts on their notifications, also of one that opened this page.
 *
 * @returns what ends it.
 */
export function onAccepted(accept: (ringId: string) => void): () => void {
	if (!('serviceWorker' in navigator)) return () => undefined;
	async function look() {
		const accepted = await take('accepted');
		if (accepted && Date.now() - accepted.at < acceptedFor) accept(accepted.ringId);
	}
	// Where nothing can be kept, nothing was.
	const tryToLook = () => void look().catch(() => undefined);
	navigator.serviceWorker.addEventListener('message', tryToLook);
	tryToLook();
	return () => navigator.serviceWorker.removeEventListener('message', tryToLook);
}
