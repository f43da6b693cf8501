import { randomBytes } from 'node:crypto';
import { expect, test, type Person } from '../support/browser.ts';
import { choose, people } from '../support/hosting.ts';

const newKey = () => randomBytes(32).toString('base64url');
const keyOf = ({ page }: Person) => new URL(page.url()).hash;

/** Runs in the page before its own scripts: what the server forwards goes to the decoders as it is. */
function takeFramesAsTheyCome(): void {
	const Native = window.RTCRtpScriptTransform;
	const code =
		'onrtctransform = ({ transformer }) => transformer.readable.pipeTo(transformer.writable)';
	const worker = new Worker(URL.createObjectURL(new Blob([code])));
	Object.defineProperty(window, 'RTCRtpScriptTransform', {
		value: function () {
			return new Native(worker);
		},
	});
}

/** The colours of a participant's picture, coarse: 16 fields of red, green and blue, from 0 to 255. Null without a picture. */
const coloursOf = (viewer: Person, name: string) =>
	viewer
		.tile(name)
		.locator('video')
		.evaluate((video: HTMLVideoElement) => {
			if (video.videoWidth === 0) return null;
			const canvas = new OffscreenCanvas(4, 4);
			const context = canvas.getContext('2d');
			context?.drawImage(video, 0, 0, 4, 4);
			const { data } = context?.getImageData(0, 0, 4, 4) ?? { data: [] };
			return [...data].filter((_, at) => at % 4 !== 3);
		});
/** How far two pictures are from each other, as the mean of all colours. Infinite where one is no picture. */
function distance(first: number[] | null, second: number[] | null): number {
	if (!first || !second) return Infinity;
	return first.reduce((sum, one, at) => sum + Math.abs(one - (second[at] ?? 0)), 0) / first.length;
}

test('ENCRYPTION-1, ENCRYPTION-4: people with the whole link see and hear each other; others, and the server, do not', async ({
	person,
	roomId,
}) => {
	const whole = `${roomId}#key=${newKey()}`;
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	for (const one of [ann, ben]) {
		await one.toLobby(whole);
		await one.join();
	}
	const heard = (one: Person) => one.total('inbound-rtp', 'audio', 'totalAudioEnergy');
	await test.step('two see and hear each other', async () => {
		await ann.seesMoving('Ben');
		await ben.seesMoving('Ann');
		for (const one of [ann, ben]) await expect.poll(() => heard(one)).toBeGreaterThan(0);
	});
	await test.step('both have the same numbers to compare', async () => {
		const numbers = async (one: Person) => {
			const part = (await people(one)).getByRole('region', { name: 'End-to-end encryption' });
			const text = await part.getByText(/^(?:\d{5} ){5}\d{5}$/).textContent();
			await one.page.getByRole('button', { name: 'Close people' }).click();
			return text;
		};
		expect(await numbers(ann)).toBe(await numbers(ben));
	});
	await test.step('without the key, or with another one, nobody gets in', async () => {
		const cid = await person('Cid');
		await cid.page.goto(`/room/${roomId}`);
		await expect(cid.page.getByRole('alert')).toContainText('Your link has no key');
		await expect(cid.page.getByRole('alert')).toContainText('Open it with the whole link.');
		await expect(cid.page.getByRole('button', { name: 'Join' })).toBeDisabled();
		await cid.page.goto('about:blank');
		await cid.page.goto(`/room/${roomId}#key=${newKey()}`);
		await expect(cid.page.getByRole('alert')).toContainText("The key in your link doesn't fit");
		await expect(cid.page.getByRole('alert')).toContainText('The link of this room has changed.');
		await expect(cid.page.getByRole('button', { name: 'Join' })).toBeDisabled();
	});
	await test.step('a browser that cannot encrypt says so before the join, and what to use', async () => {
		const dot = await person('Dot');
		await dot.context.addInitScript(() => {
			Reflect.deleteProperty(window, 'RTCRtpScriptTransform');
			Reflect.deleteProperty(RTCRtpSender.prototype, 'createEncodedStreams');
		});
		await dot.page.goto(`/room/${whole}`);
		const said = dot.page.getByRole('alert');
		await expect(said).toContainText("This browser can't join");
		await expect(said).toContainText('Use a current version of Chrome');
		await expect(dot.page.getByRole('button', { name: 'Join' })).toBeDisabled();
		await dot.close();
	});
	await test.step('what the server forwards shows nothing of the picture without the key', async () => {
		const eve = await person('Eve');
		await eve.context.addInitScript(takeFramesAsTheyCome);
		await eve.toLobby(whole);
		await eve.join();
		await expect
			.poll(() => eve.total('inbound-rtp', 'video', 'packetsReceived'))
			.toBeGreaterThan(100);
		// A decoder makes noise of some sealed frames.
		const [open, sealed] = [await coloursOf(ben, 'Ann'), await coloursOf(eve, 'Ann')];
		console.log('distance', distance(open, sealed), open?.join(), sealed?.join());
		// The picture moves, and is coarse at times: it is the same again.
		await expect
			.poll(async () => distance(open, await coloursOf(ben, 'Ann')), { timeout: 20_000 })
			.toBeLessThan(10);
		expect(distance(open, sealed)).toBeGreaterThan(30);
		// Nor is anything shown that was not sealed.
		await ann.seesMoving('Ben');
		await expect(ann.tile('Eve')).toBeVisible();
		expect(await ann.frames('Eve')).toBe(0);
		await expect(ann.tile('Eve')).toContainText("Can't be decrypted yet");
		await expect(ann.tile('Ben')).not.toContainText("Can't be decrypted yet");
		await ann.controls.getByRole('button', { name: 'More', exact: true }).click();
		await ann.page.getByRole('menuitem', { name: 'Statistics' }).click();
		const panel = ann.page.getByRole('dialog', { name: 'Statistics' });
		const unopened = async (name: string) => {
			await panel.getByRole('combobox').selectOption({ label: name });
			const row = panel.getByRole('row', { name: 'Frames not decrypted' });
			const counts = await row.getByRole('cell').allTextContents();
			return Math.max(0, ...counts.map(Number));
		};
		await expect.poll(() => unopened('Eve')).toBeGreaterThan(0);
		await ann.page.getByRole('button', { name: 'Close statistics' }).click();
		await eve.close();
	});
	await test.step('a reload: the call goes on', async () => {
		await ben.page.reload();
		await expect(ben.controls).toBeVisible();
		await ben.seesMoving('Ann');
		await ann.seesMoving('Ben');
	});
});

test('ENCRYPTION-5, ENCRYPTION-6: when somebody is removed, the link changes for those who stay', async ({
	person,
	roomId,
}) => {
	const whole = `${roomId}#key=${newKey()}`;
	const [ann, ben, cid] = [await person('Ann'), await person('Ben'), await person('Cid')];
	for (const one of [ann, ben, cid]) {
		await one.toLobby(whole);
		await one.join();
	}
	await ben.seesMoving('Ann');
	const before = keyOf(ann);
	await choose(ann, 'Cid', 'Remove');
	await ann.page
		.getByRole('dialog', { name: 'Remove Cid?' })
		.getByRole('button', { name: 'Remove' })
		.click();
	await expect(cid.page.getByRole('heading', { name: "You've been removed" })).toBeVisible();
	await expect.poll(() => keyOf(ann)).not.toBe(before);
	await expect.poll(() => keyOf(ben)).toBe(keyOf(ann));
	await ann.seesMoving('Ben');
	await ben.seesMoving('Ann');
	expect(keyOf(cid)).toBe(before);
	const panel = await people(ann);
	await expect(panel.getByText('People outside need the new one.')).toBeVisible();
	const dan = await person('Dan');
	await dan.page.goto(`/room/${whole}`);
	await expect(dan.page.getByText('The link of this room has changed.').first()).toBeVisible();
	const eli = await person('Eli');
	await eli.toLobby(`${roomId}${keyOf(ann)}`);
	await eli.join();
	await eli.seesMoving('Ben');
});
