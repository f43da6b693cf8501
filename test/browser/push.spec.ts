import type { BrowserContext, Page, Worker } from 'playwright/test';
import type { PersonId } from '../../shared/ids.ts';
import type { PushNotice } from '../../shared/push.ts';
import { expect, serviceUrl, test, type Person } from '../support/browser.ts';
import { call, meet, opened } from '../support/calls.ts';
import type { Cast } from '../support/client.ts';
import { acquaint } from '../support/knowing.ts';

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

/** Ben has a service worker and is allowed to be notified. Ann, whom he has met, needs no browser. */
async function annAndBen({
	person,
	roomId,
	cast,
}: {
	person: (name: string, options?: { serviceWorkers?: 'allow' }) => Promise<Person>;
	roomId: string;
	cast: Cast;
}) {
	const ben = await person('Ben', { serviceWorkers: 'allow' });
	await ben.context.grantPermissions(['notifications'], { origin: serviceUrl });
	await withPushService(ben.context);
	const found = ben.context.waitForEvent('serviceworker');
	const ann = await opened(cast, 'Ann');
	await meet(cast, ann);
	await acquaint(roomId, ben);
	const worker = await found;
	await ben.page.evaluate(async () => void (await navigator.serviceWorker.ready));
	const personId = await ben.page.evaluate(async () => {
		const answer = await fetch('/api/session');
		return ((await answer.json()) as { data: { personId: PersonId } }).data.personId;
	});
	return { ann, ben, worker, personId };
}

/** Gives the service worker what a push service would have brought: all of it at once. */
async function deliver(page: Page, ...notices: (PushNotice | object)[]): Promise<void> {
	const devtools = await page.context().newCDPSession(page);
	const registered = new Promise<string>((resolve) =>
		devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
			const [first] = registrations;
			if (first) resolve(first.registrationId);
		}),
	);
	await devtools.send('ServiceWorker.enable');
	const registrationId = await registered;
	const messages = notices.map((notice) => ({
		...{ origin: serviceUrl, registrationId, data: JSON.stringify(notice) },
	}));
	await Promise.all(
		messages.map((message) => devtools.send('ServiceWorker.deliverPushMessage', message)),
	);
	await devtools.detach();
}

/** The notifications that are shown. Asked for under the lock of the service worker, which says why. */
const shown = (worker: Worker) =>
	worker.evaluate(() =>
		navigator.locks.request('parley:notices', async () => {
			const registration = Reflect.get(self, 'registration') as ServiceWorkerRegistration;
			const notifications = await registration.getNotifications();
			return notifications.map(({ title, body, tag }) => ({ title, body, tag }));
		}),
	);

/** Presses the first notification, or a button on it. */
const press = (worker: Worker, action: string) =>
	worker.evaluate(async (pressed) => {
		const registration = Reflect.get(self, 'registration') as ServiceWorkerRegistration;
		const [notification] = await registration.getNotifications();
		// Types of pages do not know it.
		const PressEvent = Reflect.get(self, 'NotificationEvent') as new (
			type: string,
			init: { notification: unknown; action: string },
		) => Event;
		const event = new PressEvent('notificationclick', { notification, action: pressed });
		self.dispatchEvent(event);
	}, action);

test('PUSH-1: a device is asked for when notifications are switched on, and given up when they are switched off', async ({
	person,
	roomId,
	cast,
}) => {
	const { ben } = await annAndBen({ person, roomId, cast });
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

test('PUSH-1: a call is declined and accepted on its notification, where no page is open', async ({
	person,
	roomId,
	cast,
}) => {
	const { ann, ben, worker, personId } = await annAndBen({ person, roomId, cast });
	const empty = await ben.context.newPage();
	await ben.page.close();
	const first = await call(ann, { personId });
	const about = { kind: 'ring', name: 'Ann', video: true } as const;
	await deliver(empty, { ...about, ringId: first.ringId });
	const notification = { title: 'Ann is calling with video', body: '' };
	await expect.poll(() => shown(worker)).toEqual([{ ...notification, tag: first.ringId }]);
	await press(worker, 'decline');
	const told = await ann.client.until('call:over', ({ ringId }) => ringId === first.ringId);
	expect(told.outcome).toBe('declined');
	expect(await shown(worker)).toEqual([]);

	const second = await call(ann, { personId });
	await ann.client.join(second.roomId, 'Ann');
	await deliver(empty, { ...about, ringId: second.ringId });
	await expect.poll(() => shown(worker)).toEqual([{ ...notification, tag: second.ringId }]);
	// A browser opens the page only for a real press, so the test does it.
	await press(worker, 'accept');
	await empty.goto('/people');
	await expect(empty.getByRole('toolbar', { name: 'Call controls' })).toBeVisible();
	const over = await ann.client.until('call:over', ({ ringId }) => ringId === second.ringId);
	expect(over.outcome).toBe('accepted');
});

test('PUSH-1: a call rings on the page that is looked at, and what was missed is told', async ({
	person,
	roomId,
	cast,
}) => {
	const { ann, ben, worker, personId } = await annAndBen({ person, roomId, cast });
	const { ringId } = await call(ann, { personId });
	await expect(ben.page.getByRole('alertdialog')).toBeVisible();
	await deliver(ben.page, { kind: 'ring', ringId, name: 'Ann', video: true });
	await deliver(ben.page, {});
	await ann.client.ask('call:cancel', { ringId });
	await deliver(ben.page, { kind: 'over', ringId, name: 'Ann', missed: true });
	const missed = { title: 'Missed call from Ann', body: '', tag: ringId };
	await expect.poll(() => shown(worker)).toEqual([missed]);
});

test('PUSH-1: a ring and its end that come at once leave the end', async ({
	person,
	roomId,
	cast,
}) => {
	const { ben, worker } = await annAndBen({ person, roomId, cast });
	const empty = await ben.context.newPage();
	await ben.page.close();
	const ringIds = ['first', 'second', 'third', 'fourth', 'fifth'].map((one) => one.padEnd(22, 'r'));
	await deliver(
		empty,
		...ringIds.flatMap((ringId) => [
			{ kind: 'ring', ringId, name: 'Ann', video: false },
			{ kind: 'over', ringId, name: 'Ann', missed: false },
		]),
	);
	const ends = ringIds.map((tag) => ({ title: 'Ann', body: 'The call is over.', tag }));
	await expect
		.poll(async () => (await shown(worker)).toSorted((a, b) => a.tag.localeCompare(b.tag)))
		.toEqual(ends.toSorted((a, b) => a.tag.localeCompare(b.tag)));
});

test('PUSH-2: a message is told with who wrote it, and a later one of the same chat takes its place', async ({
	person,
	roomId,
	cast,
}) => {
	const { ben, worker } = await annAndBen({ person, roomId, cast });
	const message = {
		...{ kind: 'message', roomId: cast.roomId, with: null, name: 'Ann', room: 'Choir' },
		direct: false,
	} as const;
	await deliver(ben.page, { ...message, text: 'one' });
	await deliver(ben.page, { ...message, text: '' });
	const told = { title: 'Ann mentioned you', body: 'Choir\nSent a file', tag: roomId };
	await expect.poll(() => shown(worker)).toEqual([told]);
});

test('ENCRYPTION-22: a message of an encrypted room is told without who wrote it', async ({
	person,
	roomId,
	cast,
}) => {
	const { ben, worker } = await annAndBen({ person, roomId, cast });
	const message = { kind: 'message', roomId: cast.roomId, with: null, direct: false } as const;
	await deliver(ben.page, { ...message, name: '', room: null, text: '' });
	const told = { title: 'New message in an encrypted room', body: '', tag: roomId };
	await expect.poll(() => shown(worker)).toEqual([told]);
});
