import { expectAccessible } from '../support/axe.ts';
import { expect, test, type Person } from '../support/browser.ts';
import { startServiceProcess } from '../support/serviceProcess.ts';
import { accept, acquaint, annCallsBen, callInto, ring, ringing } from '../support/knowing.ts';

const card = ({ page }: Pick<Person, 'page'>) => page.getByRole('alertdialog');

test('CALL-1, CALL-3: it rings in all tabs, is answered by keys in one of them, and stops in the others', async ({
	person,
	roomId,
}) => {
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	await acquaint(roomId, ann, ben);
	const other = await ben.context.newPage();
	await other.goto('/people');
	await expect(other.getByRole('listitem').filter({ hasText: 'Ann' })).toBeVisible();
	await ben.page.bringToFront();
	await ben.page.getByRole('button', { name: /^Ann / }).click();
	const box = ben.page.getByRole('textbox', { name: 'Message' });
	await box.fill('I was about to say');
	await ring(ann, ben);
	for (const page of [ben.page, other]) await expect(card({ page })).toHaveCount(1);
	// Whoever writes goes on writing, and answers nothing by chance.
	await expect(box).toBeFocused();
	await ben.page.keyboard.type(' this');
	await expect(box).toHaveValue('I was about to say this');
	await expect(card(ben)).toBeVisible();
	await expectAccessible(ben.page, 'a ring');
	await ben.page.keyboard.press('Control+Shift+A');
	await expect(ben.controls).toBeVisible();
	await expect(card({ page: other })).toBeHidden();
	await ann.seesMoving('Ben');
	await ben.seesMoving('Ann');

	// Both hang up at the same moment: the call is over once, and can be made again from the list of calls.
	// Whoever is slower may find that it is over already.
	await Promise.all(
		[ann, ben].map((one) =>
			one.controls
				.getByRole('button', { name: 'Leave' })
				.click({ timeout: 5000 })
				.catch(() => undefined),
		),
	);
	for (const one of [ann, ben]) {
		await one.page.getByRole('link', { name: 'People', exact: true }).last().click();
		await one.page.getByRole('button', { name: 'Calls', exact: true }).click();
		await expect(one.page.getByRole('list', { name: 'Calls' }).getByRole('listitem')).toHaveCount(
			1,
		);
	}
	await expect(ann.page.getByRole('list', { name: 'Calls' })).toContainText(/You called · \d+ s/);
	await ben.page.getByRole('button', { name: 'Call back Ann' }).click();
	await expect(ringing(ann, ben)).toBeVisible();
	// Nothing was being written: the card has the focus, and no button in it.
	await expect(ringing(ann, ben)).toBeFocused();
	await ann.page.keyboard.press('Enter');
	await expect(ringing(ann, ben)).toBeVisible();
	await ann.page.keyboard.press('Control+Shift+D');
	await expect(ben.page.getByText('Ann declined')).toBeVisible();
});

test('CALL-7: two who call each other at the same moment are in one call', async ({
	person,
	roomId,
}) => {
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	await acquaint(roomId, ann, ben);
	await Promise.all([
		ann.page.getByRole('button', { name: 'Call Ben', exact: true }).click(),
		ben.page.getByRole('button', { name: 'Call Ann', exact: true }).click(),
	]);
	// A click may have come late enough to find the other one ringing already.
	const accepting = [ann, ben].map(async ({ page }) => {
		const button = card({ page })
			.getByRole('button', { name: /accept/i })
			.first();
		await button.click({ timeout: 5_000 }).catch(() => undefined);
	});
	await ann.seesMoving('Ben');
	await ben.seesMoving('Ann');
	await Promise.all(accepting);
	expect(new URL(ann.page.url()).pathname).toBe(new URL(ben.page.url()).pathname);
});

test('CALL-2, CALL-6: nobody answers, and somebody does not want to be disturbed', async ({
	person,
	roomId,
}) => {
	const service = await startServiceProcess(undefined, { PARLEY_CALLS_RINGSECONDS: '8' });
	try {
		const [ann, ben] = await annCallsBen({ person, roomId }, { baseURL: service.url });
		await ringing(ben, ann).getByRole('button', { name: 'Silence' }).click();
		await expect(ann.page.getByText("Ben didn't answer")).toBeVisible();
		await expect(ringing(ben, ann)).toBeHidden();
		await ben.page.getByRole('button', { name: /^Ann / }).click();
		await expect(ben.page.getByRole('log', { name: 'Messages' })).toContainText(
			'Missed call from Ann',
		);
		await ben.page.getByRole('button', { name: 'More about Ann' }).click();
		await ben.page.getByRole('menuitem', { name: 'Add to contacts' }).click();
		await ben.page.getByRole('combobox', { name: 'Your status' }).selectOption('Do not disturb');
		await expect(ben.page.getByRole('heading', { name: 'Contacts' })).toBeVisible();
		await ann.page.getByRole('button', { name: 'Call again' }).click();
		await expect(ann.page.getByText('Ben has Do not disturb on')).toBeVisible();
		await expect(card(ben)).toBeHidden();
	} finally {
		await service.close();
	}
});

/** What carries the media of this page: its connections with the paths they take, and what is received over them. */
const carriers = ({ page }: Person) =>
	page.evaluate(async () => {
		const paths: string[] = [];
		const streams: Record<string, number> = {};
		for (const [index, connection] of window.peerConnections.entries()) {
			if (connection.connectionState === 'closed') continue;
			for (const stat of (await connection.getStats()).values()) {
				if (stat.type === 'transport')
					paths.push(`${index} ${stat.selectedCandidatePairId} ${stat.dtlsState}`);
				if (stat.type === 'inbound-rtp' && stat.kind === 'video' && stat.framesDecoded > 0)
					streams[`${index} ${stat.id} ${stat.ssrc}`] = stat.framesDecoded;
			}
		}
		return { made: window.peerConnections.length, paths: paths.sort(), streams };
	});

test('CALL-1: a third one comes into a call, nobody’s media is connected anew, and the third reads nothing of what the two wrote', async ({
	person,
	roomId,
}) => {
	const [ann, ben, zoe] = [await person('Ann'), await person('Ben'), await person('Zoe')];
	await acquaint(roomId, ann, ben, zoe);
	await ring(ann, ben);
	await accept(ben, ann);
	await ann.seesMoving('Ben');
	await ben.seesMoving('Ann');
	await ann.controls.getByRole('button', { name: 'Chat' }).click();
	await ann.page.getByRole('textbox', { name: 'Message' }).fill('Between us');
	await ann.page.getByRole('button', { name: 'Send', exact: true }).click();
	await expect(ann.page.getByRole('log', { name: 'Messages' })).toContainText('Between us');
	const before = [await carriers(ann), await carriers(ben)];
	await callInto(ann, zoe);
	await expect(ringing(zoe, ann)).toBeVisible();
	await accept(zoe, ann);
	await zoe.seesMoving('Ann');
	await zoe.seesMoving('Ben');
	await ann.seesMoving('Zoe');
	await ben.seesMoving('Zoe');
	await ann.seesMoving('Ben');
	const after = [await carriers(ann), await carriers(ben)];
	for (const [index, then] of before.entries()) {
		const now = after[index];
		expect(now).toMatchObject({ made: then.made, paths: then.paths });
		// The same streams were decoded all along.
		for (const [stream, frames] of Object.entries(then.streams))
			expect(now?.streams[stream]).toBeGreaterThan(frames);
	}
	await test.step('they read nothing of what the two wrote', async () => {
		for (const one of [ann, zoe]) {
			const log = one.page.getByRole('log', { name: 'Messages' });
			if (!(await log.isVisible()))
				await one.controls.getByRole('button', { name: 'Chat' }).click();
			await expect(one.page.getByRole('log', { name: 'Messages' })).toBeVisible();
			await expect(one.page.getByRole('log', { name: 'Messages' })).not.toContainText('Between us');
		}
	});
});
