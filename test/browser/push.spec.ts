import type { BrowserContext, Page, Worker } from 'playwright/test';
import { newRoomId } from '../../shared/ids.ts';
import type { PushNotice } from '../../shared/push.ts';
import { expect, serviceUrl, test, type Person } from '../support/browser.ts';
import { acquaint, ring, ringing, toPeople } from '../support/knowing.ts';

/**
 * Chromium reaches no push service in a test. In the place of the browser's, this subscription is one that the service
 * can keep; what the service sends to it is tested with a real receiver in `test/integration/push.test.ts`.
 */
async function withPushService(context: BrowserContext): Promise<void> {
	await context.addInitScript(() => {
		const key = 'pushed';
		const bytes = (text: string) =>
			Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) =>
				one.charCodeAt(0),
			);
		const subscription = () => {
			const applicationServerKey = localStorage.getItem(key);
			return (
				applicationServerKey && {
					options: { applicationServerKey: bytes(applicationServerKey).buffer },
					toJSON: () => ({
						endpoint: 'https://push.invalid/one',
						keys: { p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) },
					}),
					unsubscribe: () => Promise.resolve(localStorage.removeItem(key)),
				}
			);
		};
		Object.assign(PushManager.prototype, {
			getSubscription: () => Promise.resolve(subscription()),
			subscribe: ({ applicationServerKey }: { applicationServerKey: string }) => {
				localStorage.setItem(key, applicationServerKey);
				return Promise.resolve(subscription());
			},
		});
	});
}

/** Ann and Ben, who has a service worker and is allowed to be notified. */
async function annAndBen({
	person,
	roomId,
}: {
	person: (name: string, options?: { serviceWorkers?: 'allow' }) => Promise<Person>;
	roomId: string;
}) {
	const ann = await person('Ann');
	const ben = await person('Ben', { serviceWorkers: 'allow' });
	await ben.context.grantPermissions(['notifications'], { origin: serviceUrl });
	await withPushService(ben.context);
	await acquaint(roomId, ann, ben);
	const worker = ben.context.serviceWorkers()[0] ?? (await ben.context.waitForEvent('serviceworker'));
	await ben.page.evaluate(async () => void (await navigator.serviceWorker.ready));
	return { ann, ben, worker };
}

/** Gives the service worker what a push service would have brought. */
async function deliver({ context, page }: Person, notice: PushNotice | object): Promise<void> {
	const devtools = await context.newCDPSession(page);
	const registered = new Promise<string>((resolve) =>
		devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
			const [first] = registrations;
			if (first) resolve(first.registrationId);
		}),
	);
	await devtools.send('ServiceWorker.enable');
	const registrationId = await registered;
	const data = JSON.stringify(notice);
	await devtools.send('ServiceWorker.deliverPushMessage', {
		...{ origin: serviceUrl, registrationId, data },
	});
	await devtools.detach();
}

const shown = (page: Page) =>
	page.evaluate(async () => {
		const registration = await navigator.serviceWorker.ready;
		const notifications = await registration.getNotifications();
		return notifications.map(({ title, body, tag }) => ({ title, body, tag }));
	});

/** Presses the first notification, or a button on it. */
const press = (worker: Worker, action: string) =>
	worker.evaluate(async (pressed) => {
		const scope = self as unknown as { registration: ServiceWorkerRegistration };
		const [notification] = await scope.registration.getNotifications();
		const { NotificationEvent } = globalThis as unknown as {
			NotificationEvent: new (type: string, options: object) => Event;
		};
		const event = new NotificationEvent('notificationclick', { notification, action: pressed });
		self.dispatchEvent(event);
	}, action);

const hide = (page: Page) => page.goto('about:blank');

test('PUSH-1: a device is asked for when notifications are switched on, and given up when they are switched off', async ({
	person,
	roomId,
}) => {
	const { ben } = await annAndBen({ person, roomId });
	const { page } = ben;
	const put = page.waitForRequest((request) => request.method() === 'PUT');
	await page.getByText('Notifications', { exact: true }).click();
	await page.getByRole('switch', { name: 'Browser notifications' }).click();
	const asked = await put;
	expect(asked.postDataJSON()).toMatchObject({
		endpoint: 'https://push.invalid/one',
		messages: true,
		muted: [],
	});
	expect((await asked.response())?.status()).toBe(200);
	const fewer = page.waitForRequest((request) => request.method() === 'PUT');
	await page.getByRole('switch', { name: 'New messages' }).click();
	expect((await fewer).postDataJSON()).toMatchObject({ messages: false });
	const dropped = page.waitForRequest((request) => request.method() === 'DELETE');
	await page.getByRole('switch', { name: 'Browser notifications' }).click();
	expect((await (await dropped).response())?.status()).toBe(200);
});

test('PUSH-1: a call is declined on its notification, without a page', async ({ person, roomId }) => {
	const { ann, ben, worker } = await annAndBen({ person, roomId });
	const told = ben.page.waitForEvent('websocket').catch(() => null);
	const ids = await rings(ben.page);
	await ring(ann, ben);
	const ringId = await ids.first;
	void told;
	await hide(ben.page);
	await deliver(ben, { kind: 'ring', ringId, name: 'Ann', video: true });
	await toOwn(ben.page);
	expect(await shown(ben.page)).toEqual([
		{ title: 'Ann is calling with video', body: '', tag: ringId },
	]);
	await press(worker, 'decline');
	await expect(ann.page.getByText('Ben declined')).toBeVisible();
	expect(await shown(ben.page)).toEqual([]);
});
