import { expect, test, type Person } from '../support/browser.ts';

/** Opens the people and gives what is said of who hears the person. */
async function told(person: Person) {
	await person.controls.getByRole('button', { name: 'People', exact: true }).click();
	return person.page.getByRole('region', { name: 'Who hears you' });
}

test('R62: who hears one follows microphones, connections and who comes and goes', async ({
	joined,
}) => {
	const ana = await joined('Ana');
	const says = await told(ana);
	await expect(says).toHaveText('Nobody else is here to hear you.');
	const bo = await joined('Bo');
	await expect(says).toHaveText('Bo can hear you.');
	await ana.controls.getByRole('button', { name: 'Mute microphone' }).click();
	await expect(says).toHaveText('Nobody hears you: your microphone is off.');
	await ana.controls.getByRole('button', { name: 'Unmute microphone' }).click();
	await expect(says).toHaveText('Bo can hear you.');
	await bo.context.setOffline(true);
	await bo.page.evaluate(() => window.dispatchEvent(new Event('offline')));
	await expect(says).toHaveText('Bo cannot: the connection is lost.', { timeout: 30_000 });
	await bo.context.setOffline(false);
	await expect(says).toHaveText('Bo can hear you.', { timeout: 30_000 });
	await bo.controls.getByRole('button', { name: 'Leave' }).click();
	await expect(says).toHaveText('Nobody else is here to hear you.');
});
