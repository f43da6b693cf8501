import { expect, test, type Person } from '../support/browser.ts';
import { accept, annCallsBen } from '../support/knowing.ts';

/** What this page announces from now on, written down as it comes. */
async function listenTo({ page }: Person) {
	await page.evaluate(() => {
		const texts = () =>
			[...document.querySelectorAll('[aria-live]')].map(({ textContent }) => textContent);
		const before = new Set(texts());
		const said: string[] = [];
		Object.assign(window, { said });
		new MutationObserver(() => {
			said.push(...texts().filter((text) => !before.has(text)));
		}).observe(document.body, { childList: true, subtree: true, characterData: true });
	});
	return () => page.evaluate(() => (window as Window & { said?: string[] }).said?.join(' ') ?? '');
}

test('CALL-8, RELOAD-1, RELOAD-2: a reload while it rings and in a call of two: both go on', async ({
	person,
	roomId,
}) => {
	const [ann, ben] = await annCallsBen({ person, roomId });
	await test.step('CALL-8, RELOAD-1: a reload by the one who calls: it rings on, and is answered', async () => {
		await ann.page.reload();
		await expect(ann.controls).toBeVisible();
		await expect(ann.page.getByRole('region', { name: 'Call to Ben' })).toBeVisible();
		await accept(ben, ann);
		await ann.seesMoving('Ben');
		await expect(ann.page.getByRole('region', { name: 'Call to Ben' })).toBeHidden();
	});
	await test.step('RELOAD-1, RELOAD-2: a reload in a call of two: it goes on, without the lobby, muted as before', async () => {
		await ben.controls.getByRole('button', { name: 'Mute microphone' }).click();
		const said = await listenTo(ann);
		const tile = await ann.tile('Ben').elementHandle();

		await ben.page.reload();
		await expect(ben.controls).toBeVisible();
		await expect(ben.page.getByRole('button', { name: 'Join', exact: true })).toHaveCount(0);
		await expect(ben.controls.getByRole('button', { name: 'Unmute microphone' })).toBeVisible();
		await expect(ben.controls.getByRole('button', { name: 'Turn camera off' })).toBeVisible();
		await expect(ann.tile('Ben').getByText('Reconnecting…')).toHaveCount(0);
		await ann.seesMoving('Ben');
		await ben.seesMoving('Ann');
		// The same tile, and nobody came or went.
		expect(await tile?.evaluate((one) => one.isConnected)).toBe(true);
		expect(await said()).not.toMatch(/left|joined|came/i);

		// The same by the other one, who made the call.
		await ann.page.reload();
		await ben.seesMoving('Ann');
		await ann.seesMoving('Ben');
	});
	await test.step('RELOAD-1: a page that is closed in a call of two ends it for the other one', async () => {
		await ben.page.close();
		await expect(ann.tile('Ben').getByText('Reconnecting…')).toBeVisible();
		await expect(ann.page.getByRole('heading', { name: 'The call is over' })).toBeVisible();
	});
});

test('RELOAD-2: a reload in a room of three: tiles keep their places, and pictures move again', async ({
	joined,
}) => {
	const people = [await joined('Ann'), await joined('Ben'), await joined('Zoe')];
	const [ann, ben, zoe] = people;
	if (!ann || !ben || !zoe) throw new Error('three people are not three');
	await ann.seesMoving('Ben');
	await zoe.seesMoving('Ben');
	const order = () =>
		zoe.page.getByTestId('tile').evaluateAll((all) => all.map((one) => one.ariaLabel));
	const before = await order();
	const said = await listenTo(zoe);
	// The first one is the host, and the second one comes back twice.
	await ann.page.reload();
	await ben.page.reload({ waitUntil: 'commit' });
	// A page that is just taking another's place cannot be told to reload yet.
	await expect(async () => void (await ben.page.reload())).toPass();
	for (const one of [ann, ben]) await expect(one.controls).toBeVisible();
	for (const one of people)
		for (const other of people) if (other !== one) await one.seesMoving(other.name);
	expect(await order()).toEqual(before);
	expect(await said()).not.toMatch(/left|joined|came/i);
	await ann.controls.getByRole('button', { name: 'People' }).click();
	await expect(ann.page.getByRole('button', { name: 'Room settings' })).toBeVisible();

	await test.step('RELOAD-2: whoever comes back to the page by the history of the browser is in again', async () => {
		await zoe.page.goto('/settings');
		await expect(ann.tile('Zoe').getByText('Reconnecting…')).toBeVisible();
		await zoe.page.goBack();
		await expect(zoe.controls).toBeVisible();
		await ann.seesMoving('Zoe');
		// By the address it is a visit as any other.
		await zoe.page.goto(zoe.page.url());
		await expect(zoe.page.getByRole('button', { name: 'Join', exact: true })).toBeVisible();
	});
});
