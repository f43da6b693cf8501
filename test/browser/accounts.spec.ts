import { expect, test, type Person } from '../support/browser.ts';
import { freshName, goodPassword } from '../support/account.ts';

/** Fills in the form for signing in or up, and sends it. */
async function submit({ page }: Person, userName: string, button: string): Promise<void> {
	await page.getByRole('textbox', { name: 'User name' }).fill(userName);
	await page.getByLabel('Password', { exact: true }).fill(goodPassword);
	await page.locator('form').getByRole('button', { name: button, exact: true }).click();
}

async function signUp(person: Person, userName: string): Promise<void> {
	await person.page.goto('/login?new&next=/settings');
	await submit(person, userName, 'Make an account');
	await expect(person.page.getByText(`Signed in as ${userName}`)).toBeVisible();
}

test('R70: a guest becomes an account and keeps rooms and chat', async ({ person, roomId }) => {
	const ada = await person('Ada');
	await ada.page.goto(`/room/${roomId}/chat`);
	await ada.page.getByRole('textbox', { name: 'Your name' }).fill('Ada');
	await ada.page.getByRole('button', { name: /Join|Open/ }).click();
	await ada.page.getByRole('textbox', { name: 'Message' }).fill('from a guest');
	await ada.page.keyboard.press('Enter');
	await expect(ada.page.getByRole('log', { name: 'Messages' })).toContainText('from a guest');

	await ada.page.goto('/');
	await ada.page.getByRole('link', { name: 'Sign in' }).click();
	await ada.page.getByRole('button', { name: 'Make an account' }).click();
	await expect(ada.page.getByText('You stay who you are')).toBeVisible();
	const userName = freshName('Ada');
	await submit(ada, 'x', 'Make an account');
	await expect(ada.page.getByText('A user name has at least 3 characters.')).toBeVisible();
	await expect(ada.page.getByRole('textbox', { name: 'User name' })).toBeFocused();
	await submit(ada, userName, 'Make an account');
	await expect(ada.page.getByRole('link', { name: `Signed in as ${userName}` })).toBeVisible();
	await expect(ada.page.getByRole('heading', { name: 'Your rooms' })).toBeVisible();
	await ada.page.goto(`/room/${roomId}/chat`);
	await expect(ada.page.getByRole('log', { name: 'Messages' })).toContainText('from a guest');
});

test('R72: signing out everywhere ends the call in the other browser', async ({
	person,
	roomId,
}) => {
	const [desk, phone] = [await person('Desk'), await person('Phone')];
	const userName = freshName();
	await signUp(desk, userName);
	await phone.page.goto('/login');
	await submit(phone, userName, 'Sign in');
	await expect(phone.page.getByRole('link', { name: `Signed in as ${userName}` })).toBeVisible();
	await phone.toLobby(roomId);
	await phone.join();
	await desk.page.reload();
	await expect(desk.page.getByRole('list', { name: 'Sessions' }).getByRole('listitem')).toHaveCount(
		2,
	);
	await desk.page.getByRole('button', { name: 'Sign out everywhere' }).click();
	await desk.page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
	await expect(phone.page.getByRole('heading', { name: 'You were signed out' })).toBeVisible();
	await expect(desk.page.getByRole('link', { name: 'Sign in' })).toBeVisible();
	await phone.page.getByRole('button', { name: 'Go on as a guest' }).click();
	await expect(phone.page.getByRole('button', { name: 'Join', exact: true })).toBeVisible();
});

test('R71: a wrong password says so and gives nothing away', async ({ person }) => {
	const someone = await person('Someone');
	await someone.page.goto('/login');
	await submit(someone, freshName('nobody'), 'Sign in');
	await expect(someone.page.getByRole('alert')).toContainText('do not belong together');
	await someone.page.getByRole('button', { name: 'Show password' }).click();
	await expect(someone.page.getByLabel('Password', { exact: true })).toHaveAttribute(
		'type',
		'text',
	);
});

test('R74: deleting oneself asks for the password and leaves a guest', async ({ person }) => {
	const someone = await person('Someone');
	await signUp(someone, freshName());
	await someone.page.getByRole('button', { name: 'Delete me…' }).click();
	const dialog = someone.page.getByRole('dialog', { name: 'Delete yourself?' });
	await dialog.getByRole('button', { name: 'Delete me' }).click();
	await expect(dialog.getByRole('alert')).toContainText('Type your password');
	await dialog.getByRole('radio', { name: /is removed/ }).check();
	await dialog.getByLabel('Password', { exact: true }).fill(goodPassword);
	await dialog.getByRole('button', { name: 'Delete me' }).click();
	await expect(someone.page.getByRole('link', { name: 'Sign in' })).toBeVisible();
});
