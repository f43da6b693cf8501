import { expect, test, type Person } from '../support/browser.ts';
import { acceptButton, annCallsBen, ringing } from '../support/knowing.ts';
import { freePort } from '../support/ports.ts';
import { serviceFolder, startServiceProcess } from '../support/serviceProcess.ts';

const lost = ({ page }: Person) => page.getByText('Connection lost. Reconnecting…');

test('CALL-11, CALL-12, SERVICE-1: two lose their line and then the service while it rings and in the call, and go on', async ({
	person,
	roomId,
}) => {
	const [folder, http, media] = [serviceFolder(), await freePort(), await freePort()];
	const start = () =>
		startServiceProcess(folder, {
			PARLEY_HTTP_PORT: String(http),
			PARLEY_MEDIA_PORT: String(media),
		});
	let service = await start();
	try {
		const [ann, ben] = await annCallsBen({ person, roomId }, { baseURL: service.url });
		await test.step('CALL-12: declining without a connection fails in words, and can be done again while it rings', async () => {
			await ben.context.setOffline(true);
			const decline = ringing(ben, ann).getByRole('button', { name: 'Decline', exact: true });
			await decline.click();
			const problem = ben.page.getByRole('dialog', { name: "That didn't work" });
			await expect(problem).toContainText(/connection to the server/);
			await ben.context.setOffline(false);
			await expect(async () => {
				const close = problem.getByRole('button', { name: 'Close' });
				if (await close.isVisible()) await close.click();
				// It takes a moment until the connection is there again.
				if (await decline.isVisible()) await decline.click();
				await expect(ann.page.getByText('Ben declined')).toBeVisible({ timeout: 3000 });
			}).toPass();
			await expect(ringing(ben, ann)).toBeHidden();
		});
		await ann.page.getByRole('button', { name: 'Call again' }).click();
		await expect(ringing(ben, ann)).toBeVisible();
		await test.step('SERVICE-1: the service is restarted while it rings: it rings again', async () => {
			await service.stop();
			await expect(lost(ann)).toBeVisible();
			await expect(ringing(ben, ann)).toBeHidden();
			await expect(ann.controls).toBeVisible();
			service = await start();
			await expect(lost(ann)).toBeHidden();
			await expect(ringing(ben, ann)).toBeVisible();
		});
		await test.step('CALL-12: accepting without a connection leads into the call as soon as there is one', async () => {
			await ben.context.setOffline(true);
			await acceptButton(ben, ann).click();
			await expect(ben.page).toHaveURL(/\/room\//);
			await expect(ringing(ben, ann)).toBeHidden();
			await ben.context.setOffline(false);
			await ann.seesMoving('Ben');
			await ben.seesMoving('Ann');
			await expect(ben.page.getByRole('dialog')).toHaveCount(0);
		});
		await test.step('SERVICE-1: the service is restarted during the call: both are told, and see each other again by themselves', async () => {
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
		});
		// It ends as calls do.
		await ann.controls.getByRole('button', { name: 'Leave' }).click();
		await expect(ben.page.getByRole('heading', { name: 'The call is over' })).toBeVisible();
	} finally {
		await service.close();
	}
});
