import { expect, test } from '../support/browser.ts';
import { accept, acquaint, ring, ringing } from '../support/knowing.ts';

test('R113: the caller’s line is lost while it rings, for longer than a moment: it rings on, and is answered', async ({
	person,
	roomId,
}) => {
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	await acquaint(roomId, ann, ben);
	await ring(ann, ben);
	await expect(ringing(ben, ann)).toBeVisible();
	await ann.context.setOffline(true);
	await expect(ann.page.getByText(/Reconnecting/).first()).toBeVisible();
	await ann.page.waitForTimeout(6_000);
	await expect(ringing(ben, ann)).toBeVisible();
	await ann.context.setOffline(false);
	await accept(ben, ann);
	await ann.seesMoving('Ben');
	await ben.seesMoving('Ann');
});
