import type { Page } from 'playwright/test';
import { expect, test, type Person } from '../support/browser.ts';
import { accept, acquaint, ring, ringing, toPeople } from '../support/knowing.ts';

declare global {
	interface Window {
		/** What the browser was asked to tell outside of the page. */
		notices: { title: string; closed: boolean }[];
		/** Every graph of sounds of the page, whether any of it goes to the speaker, and how loud it has been so far: from 0 to 1. */
		graphs: { state: AudioContextState; loudest: number; toBeHeard: boolean }[];
	}
}

/** Runs in the page before its own scripts: looks at real notifications and listens to real sounds. */
function watchAttention(): void {
	window.notices = [];
	window.graphs = [];
	const Native = window.Notification;
	window.Notification = class extends Native {
		readonly notice: { title: string; closed: boolean };
		constructor(title: string, options?: NotificationOptions) {
			super(title, options);
			this.notice = { title, closed: false };
			window.notices.push(this.notice);
		}
		override close(): void {
			super.close();
			this.notice.closed = true;
		}
	};
	window.AudioContext = class extends AudioContext {
		readonly ear: AnalyserNode;
		readonly graph: Window['graphs'][number];
		constructor(options?: AudioContextOptions) {
			super(options);
			this.ear = this.createAnalyser();
			this.ear.connect(super.destination);
			const samples = new Float32Array(this.ear.fftSize);
			const listen = () => {
				this.ear.getFloatTimeDomainData(samples);
				return Math.max(...samples.map(Math.abs));
			};
			const graph = { state: this.state, loudest: 0, toBeHeard: false };
			this.graph = graph;
			window.graphs.push(graph);
			setInterval(() => {
				graph.state = this.state;
				if (this.state === 'running') graph.loudest = Math.max(graph.loudest, listen());
			}, 20);
		}
		override get destination(): AudioDestinationNode {
			// What is connected to it goes through the ear.
			this.graph.toBeHeard = true;
			return this.ear as AudioNode as AudioDestinationNode;
		}
	};
}

/** As if another tab lay over this one. */
const hide = (page: Page) =>
	page.evaluate(() => {
		Object.defineProperty(document, 'hidden', { value: true, configurable: true });
		Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
		document.dispatchEvent(new Event('visibilitychange'));
	});

const notices = (page: Page) => page.evaluate(() => window.notices);
const heard = async (...pages: Page[]) => {
	const each = await Promise.all(pages.map((page) => page.evaluate(() => window.graphs)));
	return each.filter((graphs) => graphs.some(({ loudest }) => loudest > 0.01)).length;
};
/** How many graphs are there still that can be heard. */
const soundsOf = async (...pages: Page[]) => {
	const each = await Promise.all(pages.map((page) => page.evaluate(() => window.graphs)));
	return each.flat().filter(({ state, toBeHeard }) => toBeHeard && state !== 'closed').length;
};
const moving = ({ page }: Person) =>
	page
		.getByRole('alertdialog')
		.evaluate(
			(card) =>
				card.getAnimations({ subtree: true }).filter((one) => one.playState === 'running').length,
		);

/** Opens the settings of rings and switches notifications on. */
async function wantNotices(page: Page): Promise<void> {
	await page.getByText('Notifications', { exact: true }).click();
	await page.getByRole('switch', { name: 'Browser notifications' }).click();
}

test('CALL-2: a ring is heard in one tab, told outside of a hidden page and in the title, and all of it ends at once', async ({
	person,
	roomId,
}) => {
	const ann = await person('Ann');
	const ben = await person('Ben', { reducedMotion: 'no-preference' });
	await ben.context.addInitScript(watchAttention);
	await ben.context.grantPermissions(['notifications']);
	await acquaint(roomId, ann, ben);
	await wantNotices(ben.page);
	await expect(ben.page.getByRole('switch', { name: 'Browser notifications' })).toBeChecked();
	const other = await ben.context.newPage();
	await other.goto('/people');
	await expect(other.getByRole('listitem').filter({ hasText: 'Ann' })).toBeVisible();
	await hide(ben.page);
	const pages = [ben.page, other];

	await ring(ann, ben);
	for (const page of pages) {
		await expect(page.getByRole('alertdialog')).toBeVisible();
		await expect(page).toHaveTitle('☎ Ann is calling with video');
	}
	expect(await notices(ben.page)).toEqual([{ title: 'Ann is calling with video', closed: false }]);
	expect(await notices(other)).toEqual([]);
	await expect.poll(() => heard(...pages)).toBe(1);
	expect(await moving(ben)).toBeGreaterThan(0);
	await ben.page.emulateMedia({ reducedMotion: 'reduce' });
	expect(await moving(ben)).toBe(0);
	// Longer than from one ring to the next: the other tab stays silent.
	await ben.page.waitForTimeout(3200);
	expect(await heard(...pages)).toBe(1);

	await ann.page.getByRole('button', { name: 'Cancel', exact: true }).click();
	for (const page of pages) {
		await expect(page.getByRole('alertdialog')).toBeHidden();
		await expect(page).toHaveTitle('People · Parley');
	}
	expect(await notices(ben.page)).toEqual([{ title: 'Ann is calling with video', closed: true }]);
	await expect.poll(() => soundsOf(...pages)).toBe(0);

	// Silenced in one tab, without sounds in all: the card alone is left.
	await other.getByText('Notifications', { exact: true }).click();
	await other.getByRole('switch', { name: 'Sounds' }).click();
	await toPeople(ann);
	await ring(ann, ben);
	await expect(other.getByRole('alertdialog')).toBeVisible();
	expect(await soundsOf(other)).toBe(0);
	await ringing(ben, ann).getByRole('button', { name: 'Silence' }).click();
	await expect.poll(() => soundsOf(ben.page)).toBe(0);
	await ringing(ben, ann).getByRole('button', { name: 'Decline', exact: true }).click();
	await expect(other.getByRole('alertdialog')).toBeHidden();
	expect((await notices(ben.page)).map(({ closed }) => closed)).toEqual([true, true]);
});

test('CALL-2: without the browser’s permission there are words, and nothing outside of the page', async ({
	person,
	roomId,
}) => {
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	await ben.context.addInitScript(watchAttention);
	// Whatever is not granted is refused from then on.
	await ben.context.grantPermissions([]);
	await acquaint(roomId, ann, ben);
	expect(await ben.page.evaluate(() => Notification.permission)).toBe('denied');
	await wantNotices(ben.page);
	await expect(ben.page.getByRole('alert')).toContainText('blocks notifications');
	await expect(ben.page.getByRole('switch', { name: 'Browser notifications' })).not.toBeChecked();
	await hide(ben.page);
	await ring(ann, ben);
	await expect(ringing(ben, ann)).toBeVisible();
	expect(await notices(ben.page)).toEqual([]);
});

test('keys that answer a ring are named as they are on a Mac, and listed in the call', async ({
	person,
	roomId,
}) => {
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	await ben.context.addInitScript(() =>
		Object.defineProperty(navigator, 'platform', { value: 'MacIntel' }),
	);
	await acquaint(roomId, ann, ben);
	await ring(ann, ben);
	await expect(ringing(ben, ann)).toContainText('⌃⇧A accepts, ⌃⇧D declines.');
	// That is the browser's own.
	await ben.page.keyboard.press('Meta+Shift+D');
	await expect(ringing(ben, ann)).toBeVisible();
	await accept(ben, ann);
	await expect(ann.controls).toBeVisible();
	for (const [one, keys] of [
		[ann, 'Ctrl Shift A'],
		[ben, '⌃⇧A'],
	] as const) {
		await one.page.keyboard.press('?');
		const list = one.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
		await expect(list).toContainText('Answer a call');
		await expect(list.getByText(keys, { exact: true })).toBeVisible();
	}
});
