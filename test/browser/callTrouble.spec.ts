import { expect, test, type Person } from '../support/browser.ts';
import { accept, annCallsBen, ringing } from '../support/knowing.ts';
import { freePort } from '../support/ports.ts';
import {
	serviceFolder,
	startServiceProcess,
	type ServiceProcess,
} from '../support/serviceProcess.ts';

test('R113: the caller’s line is lost while it rings, for longer than a moment: it rings on, and is answered', async ({
	person,
	roomId,
}) => {
	const [ann, ben] = await annCallsBen({ person, roomId });
	await ann.context.setOffline(true);
	await expect(ann.page.getByText(/Reconnecting/).first()).toBeVisible();
	await ann.page.waitForTimeout(6_000);
	await expect(ringing(ben, ann)).toBeVisible();
	await ann.context.setOffline(false);
	await accept(ben, ann);
	await ann.seesMoving('Ben');
	await ben.seesMoving('Ann');
});

test('R155: accepting without a connection leads into the call as soon as there is one', async ({
	person,
	roomId,
}) => {
	const [ann, ben] = await annCallsBen({ person, roomId });
	await ben.context.setOffline(true);
	await ringing(ben, ann).getByRole('button', { name: 'Accept', exact: true }).click();
	await expect(ben.page).toHaveURL(/\/room\//);
	await expect(ringing(ben, ann)).toBeHidden();
	await ben.page.waitForTimeout(2_000);
	await ben.context.setOffline(false);
	await ann.seesMoving('Ben');
	await ben.seesMoving('Ann');
	await expect(ben.page.getByRole('dialog')).toHaveCount(0);
});

test('R155: declining without a connection fails in words, and can be done again while it rings', async ({
	person,
	roomId,
}) => {
	const [ann, ben] = await annCallsBen({ person, roomId });
	await ben.context.setOffline(true);
	const decline = ringing(ben, ann).getByRole('button', { name: 'Decline', exact: true });
	await decline.click();
	const problem = ben.page.getByRole('dialog', { name: 'That did not work' });
	await expect(problem).toContainText(/connection to the server/);
	await ben.context.setOffline(false);
	await problem.getByRole('button', { name: 'Close' }).click();
	await decline.click();
	await expect(ann.page.getByText('Ben declined')).toBeVisible();
	await expect(ringing(ben, ann)).toBeHidden();
});

test.describe('R116: the service is restarted as an operator does it', () => {
	let start: () => Promise<ServiceProcess>;
	let service: ServiceProcess;
	test.beforeEach(async () => {
		const [folder, http, media] = [serviceFolder(), await freePort(), await freePort()];
		start = () =>
			startServiceProcess(folder, {
				PARLEY_HTTP_PORT: String(http),
				PARLEY_MEDIA_PORT: String(media),
			});
		service = await start();
	});
	test.afterEach(() => service.close());

	const lost = ({ page }: Person) => page.getByText('Connection lost. Reconnecting…');

	test('while it rings, for longer than it rings without a connection: it rings again, and is answered', async ({
		person,
		roomId,
	}) => {
		const [ann, ben] = await annCallsBen({ person, roomId }, { baseURL: service.url });
		await service.stop();
		await expect(lost(ann)).toBeVisible();
		await expect(ringing(ben, ann)).toBeHidden();
		await expect(ann.controls).toBeVisible();
		service = await start();
		await expect(lost(ann)).toBeHidden();
		await accept(ben, ann);
		await ann.seesMoving('Ben');
		await ben.seesMoving('Ann');
	});

	test('during a call of two: both are told, and see each other again by themselves', async ({
		person,
		roomId,
	}) => {
		const [ann, ben] = await annCallsBen({ person, roomId }, { baseURL: service.url });
		await accept(ben, ann);
		await ann.seesMoving('Ben');
		await ben.seesMoving('Ann');
		const before = await ann.tile('Ben').elementHandle();
		await service.stop();
		for (const one of [ann, ben]) {
			await expect(lost(one)).toBeVisible();
			await expect(one.controls).toBeVisible();
		}
		service = await start();
		await expect.poll(() => before?.evaluate((tile) => tile.isConnected)).toBe(false);
		for (const one of [ann, ben]) await expect(lost(one)).toBeHidden();
		await ann.seesMoving('Ben');
		await ben.seesMoving('Ann');
		// It ends as calls do.
		await ann.controls.getByRole('button', { name: 'Leave' }).click();
		await expect(ben.page.getByRole('heading', { name: 'The call is over' })).toBeVisible();
	});
});
