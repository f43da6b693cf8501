import { expect, test, type Person } from '../support/browser.ts';
import { ring, ringing, toPeople } from '../support/knowing.ts';
import { press, startTogether } from '../support/matchPage.ts';

// Whoever meets strangers here meets those of this page.
test.describe.configure({ mode: 'serial' });

/** What somebody's page of people says about another one. */
const lineOf = (who: Person, other: string) =>
	who.page.getByRole('listitem').filter({ hasText: other });

test('PAGE-2: a guest who joins for the first time is here, without loading the page again', async ({
	person,
	roomId,
}) => {
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	await ben.toLobby(roomId);
	// By then it was looked whether others may know them.
	await ben.page.waitForTimeout(4_000);
	await ben.join();
	await ann.toLobby(roomId);
	await ann.join();
	await toPeople(ann);
	await expect(lineOf(ann, 'Ben')).toContainText('In a call');
	await ben.leaveOthers();
	await expect(lineOf(ann, 'Ben')).toContainText('Available');
	await ring(ann, ben);
	await expect(ringing(ben, ann)).toBeVisible();
});

test('PAGE-2: a stranger who was kept is here, in a call as long as they meet others, and leaves them to answer', async ({
	person,
}) => {
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	await startTogether('Text only', ann, ben);
	await press(ann, 'Keep');
	await press(ben, 'Keep');
	await expect(ann.status).toContainText("You're contacts now");
	await press(ann, 'Stop');
	await toPeople(ann);
	// They wait for somebody else by now.
	await expect(lineOf(ann, 'Ben')).toContainText('In a call');
	await ring(ann, ben);
	const card = ringing(ben, ann);
	await expect(card).toContainText('Answering ends your current call.');
	await card.getByRole('button', { name: 'Decline', exact: true }).click();
	await expect(ann.page.getByText('Ben is in another call')).toBeVisible();
	await press(ben, 'Stop');
	await toPeople(ann);
	await expect(lineOf(ann, 'Ben')).toContainText('Available');
});
