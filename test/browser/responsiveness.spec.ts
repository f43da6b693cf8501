import { expect, test, type Person } from '../support/browser.ts';
import { produceInput } from '../support/rtp.ts';

declare global {
	interface Window {
		/** Names of tiles in which anything changed since it was last asked. */
		redrawn: Set<string>;
		/** How long each task of 50 ms or more took, in ms. */
		longTasks: number[];
	}
}

/** Tiles that change from now on; what moves the tile itself counts, and what plays in its video does not. */
const watchTiles = ({ page }: Person) =>
	page.evaluate(() => {
		window.redrawn = new Set();
		const name = (node: Node) =>
			(node instanceof Element ? node : node.parentElement)
				?.closest('[data-testid="tile"]')
				?.getAttribute('aria-label');
		const stage = document.querySelector('[data-testid="tile"]')?.parentElement;
		if (!stage) throw new Error('there is no stage');
		new MutationObserver((changes) => {
			for (const { target, addedNodes, removedNodes } of changes) {
				// What was taken out of a tile lies in none any more: the tile is that of the place it was in.
				for (const node of target === stage ? [...addedNodes, ...removedNodes] : [target])
					window.redrawn.add(name(node) ?? 'the stage');
			}
		}).observe(stage, {
			subtree: true,
			childList: true,
			attributes: true,
			characterData: true,
		});
	});

/** The tiles of others that changed since this was last asked. One's own has news of its own: a slow line. */
const redrawn = ({ page }: Person) =>
	page.evaluate(() => {
		const names = [...window.redrawn];
		window.redrawn.clear();
		return names.filter((name) => !name.endsWith('(you)'));
	});

test('of 25 tiles only that of the person of whom something is new is drawn again', async ({
	joined,
	cast,
}) => {
	const ana = await joined('Ana', { reducedMotion: 'reduce' });
	const guests = [];
	for (let count = 1; count <= 24; count++) guests.push(await cast.joined(`Guest ${count}`));
	await expect(ana.page.getByTestId('tile')).toHaveCount(25);
	const [first] = guests;
	if (!first) throw new Error('nobody came');
	const tile = ana.tile('Guest 1');
	await watchTiles(ana);
	// Those who came last are drawn to their end first: for two seconds nothing changes.
	await expect(async () => {
		await redrawn(ana);
		await ana.page.waitForTimeout(2000);
		expect(await redrawn(ana)).toEqual([]);
	}).toPass({ timeout: 30_000 });

	await first.ask('room:hand', { raised: true });
	await expect(tile.getByRole('img', { name: 'Hand raised' })).toBeVisible();
	expect(await redrawn(ana)).toEqual(['Guest 1']);
	await first.ask('room:react', { emoji: '👏' });
	await expect(tile.getByText('👏')).toBeAttached();
	expect(await redrawn(ana)).toEqual(['Guest 1']);
	const microphone = produceInput('microphone');
	await first.ask('media:produce', microphone);
	await expect(tile.getByRole('img', { name: 'Microphone off' })).toHaveCount(0);
	expect(await redrawn(ana)).toEqual(['Guest 1']);
	await first.ask('media:update', { ...microphone, paused: true });
	await expect(tile.getByRole('img', { name: 'Microphone off' })).toBeAttached();
	expect(await redrawn(ana)).toEqual(['Guest 1']);
	await first.ask('room:rename', { name: 'Guest One' });
	await expect(ana.tile('Guest One')).toBeVisible();
	expect(await redrawn(ana)).toEqual(['Guest One']);
	await ana.page.keyboard.press('h');
	await expect(ana.tile('Ana (you)').getByRole('img', { name: 'Hand raised' })).toBeVisible();
	expect(await redrawn(ana)).toEqual([]);
});

test('ten people who come in within a second all have their tile; how long the page was busy is printed', async ({
	joined,
	cast,
}) => {
	const ana = await joined('Ana');
	await ana.page.evaluate(() => {
		window.longTasks = [];
		new PerformanceObserver((list) => {
			for (const { duration } of list.getEntries()) window.longTasks.push(Math.round(duration));
		}).observe({ type: 'longtask' });
	});
	const clients = await Promise.all(Array.from({ length: 10 }, () => cast.connect()));
	await Promise.all(
		clients.map(async (client, index) => {
			await client.join(cast.roomId, `Guest ${index}`);
			// Their camera and microphone: each makes the page build a consumer.
			await client.ask('media:produce', produceInput('microphone'));
			await client.ask('media:produce', produceInput('camera'));
		}),
	);
	await expect(ana.page.getByTestId('tile')).toHaveCount(11);
	const receiving = () =>
		ana.page.evaluate(
			() => window.peerConnections.flatMap((connection) => connection.getReceivers()).length,
		);
	await expect.poll(receiving).toBeGreaterThanOrEqual(20);
	const tasks = await ana.page.evaluate(() => window.longTasks);
	const over = tasks.filter((duration) => duration > 100).length;
	console.log(
		`ten joins: longest task ${Math.max(0, ...tasks)} ms, ${over} over 100 ms, ${tasks.length} over 50 ms`,
	);
});

test('from the click on Join to the first picture no code is loaded', async ({
	joined,
	person,
	roomId,
}) => {
	// Her camera is on: where nobody's is, all else waits for no picture.
	await (await joined('Ana')).seesMoving('Ana (you)');
	const bo = await person('Bo');
	await bo.page.addInitScript(() => {
		const seen = '[data-testid="tile"][aria-label="Ana"] video.seen';
		const watch = new MutationObserver(() => {
			if (!document.querySelector(seen)) return;
			performance.mark('pictured');
			watch.disconnect();
		});
		watch.observe(document, { attributes: true, childList: true, subtree: true });
	});
	await bo.toLobby(roomId);
	await bo.join();
	await bo.seesMoving('Ana');
	const early = await bo.page.evaluate(() => {
		const [join, pictured] = ['parley:join', 'pictured'].map(
			(name) => performance.getEntriesByName(name)[0]?.startTime,
		);
		if (!join || !pictured) throw new Error('the page has not marked the join and the picture');
		// Where the picture takes longer than a second, all else waits no more.
		const until = Math.min(pictured, join + 900);
		return performance
			.getEntriesByType('resource')
			.filter(
				({ name, startTime }) => /\.(js|css)$/.test(name) && startTime > join && startTime < until,
			)
			.map(({ name }) => name);
	});
	expect(early).toEqual([]);
	await expect(bo.tile('Ana').getByRole('button', { name: 'Options for Ana' })).toBeAttached();
});
