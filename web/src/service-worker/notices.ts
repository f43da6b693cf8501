import * as v from 'valibot';
import { pushNotice, type PushNotice } from '#shared/push.ts';
import { keep, recall, type ServiceWorkerWords } from '#lib/push/kept.ts';
import { addressOf, self } from './self.ts';

/** Actions on notifications, which TypeScript's types of the web leave out. */
type WithActions = NotificationOptions & {
	actions?: { action: string; title: string }[];
	renotify?: boolean;
	vibrate?: number[];
};

const icon = addressOf('/icons/192.png');
const openPages = () => self.clients.matchAll({ type: 'window', includeUncontrolled: true });

/**
 * Shows what the service sent, if it is one of its notices. One after the other: Chromium forgets a notification for
 * which it is asked while it is about to be shown.
 */
export const showNotice = (data: PushMessageData | null): Promise<void> =>
	self.navigator.locks.request('parley:notices', () => show(data));

async function show(data: PushMessageData | null): Promise<void> {
	const { success, output } = v.safeParse(pushNotice, data?.json());
	const words = await recall('words');
	if (!success || !words) return;
	if (output.kind === 'ring') await showRing(output, words);
	else if (output.kind === 'over') await showOver(output, words);
	else await showMessage(output, words);
}

type NoticeOf<K extends PushNotice['kind']> = Extract<PushNotice, { kind: K }>;

async function showRing(ring: NoticeOf<'ring'>, words: ServiceWorkerWords): Promise<void> {
	// It rings on the page that the person looks at.
	const pages = await openPages();
	if (pages.some(({ visibilityState }) => visibilityState === 'visible')) return;
	await notify(named(ring.video ? words.callingWithVideo : words.calling, ring.name), {
		tag: ring.ringId,
		data: ring,
		requireInteraction: true,
		renotify: true,
		vibrate: [300, 200, 300, 200, 300],
		actions: [
			{ action: 'accept', title: words.accept },
			{ action: 'decline', title: words.decline },
		],
	});
}

/** In the place of the ring. Whoever answered it here has closed that one, and needs no other. */
async function showOver(over: NoticeOf<'over'>, words: ServiceWorkerWords): Promise<void> {
	const { ringId: tag, name, missed } = over;
	const shown = await self.registration.getNotifications({ tag });
	if (missed) await notify(named(words.missed, name), { tag, data: over, silent: true });
	else if (shown.length > 0)
		await notify(name, { tag, data: over, body: words.over, silent: true });
}

async function showMessage(message: NoticeOf<'message'>, words: ServiceWorkerWords): Promise<void> {
	const { roomId, name, room, direct, text } = message;
	// Of an encrypted room nobody but its pages knows who wrote what.
	if (name === '') {
		await notify(words.encrypted, { tag: roomId, data: message, renotify: true });
		return;
	}
	const title = named(direct ? words.direct : words.mentioned, name);
	const body = text === '' ? words.file : text;
	await notify(title, {
		tag: direct ? `${roomId} ${name}` : roomId,
		data: message,
		body: room === null ? body : `${room}\n${body}`,
		renotify: true,
	});
}

const named = (template: string, name: string) => template.replace('{name}', () => name);

const notify = (title: string, options: WithActions) =>
	self.registration.showNotification(title, { icon, badge: icon, ...options });

/** A person pressed a notification, or a button on it. */
export async function answerNotification({
	action,
	notification,
}: NotificationEvent): Promise<void> {
	notification.close();
	const { success, output } = v.safeParse(pushNotice, notification.data);
	if (!success) return;
	if (output.kind === 'message') await openMessage(output);
	else if (action === 'decline') await decline(output.ringId);
	else {
		if (action === 'accept') await keep('accepted', { ringId: output.ringId, at: Date.now() });
		await openPeople();
	}
}

async function decline(ringId: string): Promise<void> {
	await fetch(addressOf('/api/push/decline'), {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ ringId }),
	});
}

/** A page that is open already rings, and goes to the call; otherwise one is opened. */
async function openPeople(): Promise<void> {
	const [page] = await openPages();
	if (!page) {
		await self.clients.openWindow(addressOf('/people'));
		return;
	}
	page.postMessage('accepted');
	await page.focus();
}

/** A page that shows something else, such as a call, is left alone. */
async function openMessage({ roomId, with: person }: NoticeOf<'message'>): Promise<void> {
	const path = addressOf(person === null ? `/room/${roomId}/chat` : `/people`);
	const address = new URL(path, self.location.origin);
	if (person !== null) address.searchParams.set('with', person);
	const pages = await openPages();
	// The key of an encrypted room stands behind the rest of the address, and in an open page only.
	const shown = pages.find(({ url }) => url.split('#', 1)[0] === address.href);
	await (shown?.focus() ?? self.clients.openWindow(address));
}
