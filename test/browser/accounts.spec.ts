import { readFile } from 'node:fs/promises';
import { newRoomId } from '../../shared/ids.ts';
import { expectAccessible } from '../support/axe.ts';
import { expect, test, type Person } from '../support/browser.ts';
import { freshName, goodPassword } from '../support/account.ts';
import { meet, opened, talking } from '../support/calls.ts';
import { toPeople } from '../support/knowing.ts';
import { phone } from '../support/views.ts';

const userNameOf = ({ page }: Person) => page.getByRole('textbox', { name: 'Username' });
const passwordOf = ({ page }: Person) => page.getByLabel('Password', { exact: true });
const logOf = ({ page }: Person) => page.getByRole('log', { name: 'Messages' });

/** Fills in the form for signing in or up, and sends it. */
async function submit(who: Person, userName: string, button: string, password = goodPassword) {
	await userNameOf(who).fill(userName);
	await passwordOf(who).fill(password);
	await who.page.locator('form').getByRole('button', { name: button, exact: true }).click();
}

async function signUp(person: Person, userName: string): Promise<void> {
	await person.page.goto('/login?new&next=/settings');
	// The form for signing in is drawn first, and gives way to this one.
	await expect(passwordOf(person)).toHaveAttribute('autocomplete', 'new-password');
	await submit(person, userName, 'Create account');
	await expect(person.page.getByRole('main').getByText(`Signed in as ${userName}`)).toBeVisible();
}

async function signIn(person: Person, userName: string, next = '/settings'): Promise<void> {
	await person.page.goto(`/login?next=${next}`);
	await submit(person, userName, 'Sign in');
	await expect(person.page.getByRole('link', { name: `Signed in as ${userName}` })).toBeVisible();
}

/** Writes something in the chat of a room, as a guest or not. */
async function write(who: Person, roomId: string, text: string): Promise<void> {
	await who.page.goto(`/room/${roomId}/chat`);
	const name = who.page.getByRole('textbox', { name: 'Your name' });
	await expect(name.or(logOf(who))).toBeVisible();
	if (await name.isVisible()) {
		await name.fill(who.name);
		await who.page.getByRole('button', { name: /Join|Open/ }).click();
	}
	await who.page.getByRole('textbox', { name: 'Message' }).fill(text);
	await who.page.keyboard.press('Enter');
	await expect(logOf(who)).toContainText(text);
}

const cookieOf = async ({ context }: Person) =>
	(await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');

test('ACCOUNT-1: a guest becomes an account and keeps rooms, chats and calls, in every browser', async ({
	person,
	cast,
	roomId,
}) => {
	const ada = await person('Ada');
	const other = newRoomId();
	await write(ada, roomId, 'from a guest');
	await write(ada, other, 'and elsewhere');
	const [guest, grace] = [
		await opened(cast, 'Ada', await cookieOf(ada)),
		await opened(cast, 'Grace'),
	];
	await meet(cast, guest, grace);
	await talking(guest, grace);
	guest.client.close();

	const userName = freshName('Ada');
	await ada.page.goto('/');
	await ada.page.getByRole('link', { name: 'Sign in' }).click();
	await ada.page.getByRole('button', { name: 'Create account' }).click();
	await expect(ada.page.getByText('Your rooms and messages move')).toBeVisible();
	await submit(ada, userName, 'Create account');
	await expect(ada.page.getByRole('link', { name: `Signed in as ${userName}` })).toBeVisible();

	const hasAll = async (who: Person) => {
		await who.page.goto('/');
		const rooms = who.page.getByRole('region', { name: 'Your rooms' }).getByRole('listitem');
		// Two of their own making, and the one of the call.
		for (const id of [roomId, other])
			await expect(rooms.getByRole('link').and(who.page.locator(`[href$="${id}"]`))).toBeVisible();
		await who.page.goto(`/room/${roomId}/chat`);
		await expect(logOf(who)).toContainText('from a guest');
		await toPeople(who);
		await who.page.getByRole('button', { name: 'Calls', exact: true }).click();
		await expect(who.page.getByRole('list', { name: 'Calls' })).toContainText('Grace');
	};
	await hasAll(ada);
	await ada.page.reload();
	const phone = await person('Phone');
	await signIn(phone, userName.toUpperCase().toLowerCase(), '/');
	await hasAll(phone);
	// Still the author, and the host.
	await write(phone, roomId, 'the same person');
	await ada.page.goto(`/room/${roomId}/chat`);
	await expect(logOf(ada)).toContainText('the same person');

	// Signing out here leaves a guest who has nothing of it.
	await phone.page.goto('/settings');
	await phone.page.getByRole('button', { name: 'Sign out', exact: true }).click();
	await expect(phone.page.getByRole('link', { name: 'Sign in' })).toBeVisible();
	await expect(phone.page.getByRole('heading', { name: 'Your rooms' })).toHaveCount(0);
	await ada.page.reload();
	await expect(logOf(ada)).toContainText('the same person');
});

test('ACCOUNT-3: sessions end one by one, with the password, or all, and the other browser sees it', async ({
	person,
	roomId,
}) => {
	const [desk, phone] = [await person('Desk'), await person('Phone')];
	const userName = freshName();
	await signUp(desk, userName);
	await signIn(phone, userName);
	await desk.page.reload();
	const sessions = desk.page.getByRole('list', { name: 'Sessions' });
	await expect(sessions.getByRole('listitem')).toHaveCount(2);
	await phone.page.goto('/people');
	await sessions.getByRole('button', { name: /^Sign out/ }).click();
	await expect(sessions.getByRole('listitem')).toHaveCount(1);
	await expect(sessions).toBeFocused();
	await phone.page.goto('/settings');
	await expect(phone.page.getByText("You're a guest")).toBeVisible();

	await signIn(phone, userName);
	const another = 'another good password';
	const now = desk.page.getByLabel('Current password');
	const wanted = desk.page.getByLabel('New password');
	const change = desk.page.getByRole('button', { name: 'Change password' });
	await now.fill('not the password');
	await wanted.fill(another);
	await change.click();
	await expect(desk.page.getByText('Wrong password.')).toBeVisible();
	await expect(now).toBeFocused();
	await expect(wanted).toHaveValue(another);
	await now.fill(goodPassword);
	await now.press('Enter');
	await expect(desk.page.getByText('Password changed')).toBeVisible();
	await expect(now).toHaveValue('');
	await phone.page.reload();
	await expect(phone.page.getByText("You're a guest")).toBeVisible();
	await phone.page.goto('/login');
	await submit(phone, userName, 'Sign in');
	await expect(phone.page.getByRole('alert')).toContainText('Wrong username or password');
	await submit(phone, userName, 'Sign in', another);
	await expect(phone.page.getByRole('link', { name: `Signed in as ${userName}` })).toBeVisible();

	await phone.toLobby(roomId);
	await phone.join();
	await desk.page.getByLabel('Name', { exact: true }).fill('A script');
	await desk.page.getByRole('button', { name: 'Create token' }).click();
	await expect(desk.page.getByText('Copy your token now.')).toBeVisible();
	await desk.page.reload();
	await desk.page.getByRole('button', { name: 'Sign out everywhere' }).click();
	const dialog = desk.page.getByRole('dialog', { name: 'Sign out everywhere?' });
	await expect(dialog).toContainText('Your access token will stop working too.');
	await expectAccessible(desk.page, 'signing out everywhere');
	await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
	await expect(phone.page.getByRole('heading', { name: "You've been signed out" })).toBeVisible();
	await expect(desk.page.getByRole('link', { name: 'Sign in' })).toBeVisible();
	await phone.page.getByRole('button', { name: 'Continue as guest' }).click();
	await expect(phone.page.getByRole('button', { name: 'Join', exact: true })).toBeVisible();
});

test('signing up and in by keyboard: wrong input is told at the field, and nothing is lost', async ({
	person,
}) => {
	const someone = await person('Someone');
	const { page } = someone;
	const [name, password] = [userNameOf(someone), passwordOf(someone)];
	await page.goto('/login');
	await expect(name).toHaveAttribute('autocomplete', 'username');
	await expect(password).toHaveAttribute('autocomplete', 'current-password');
	// Clicked once, which waits until the page listens; all else is done by keys.
	await name.click();
	await page.getByRole('button', { name: 'Create account' }).press('Enter');
	await expect(name).toHaveAttribute('autocomplete', 'username');
	await expect(password).toHaveAttribute('autocomplete', 'new-password');
	await name.focus();
	await page.keyboard.type('x');
	await page.keyboard.press('Tab');
	await page.keyboard.type('short');
	await page.keyboard.press('Enter');
	await expect(name).toBeFocused();
	await expect(name).toHaveAccessibleDescription('Usernames need at least 3 characters.');
	await expect(password).toHaveAccessibleDescription('Passwords need at least 10 characters.');
	await expect(password).toHaveValue('short');
	await expectAccessible(page, 'signing up, with wrong input');
	const userName = freshName('kim');
	await page.keyboard.press('ControlOrMeta+a');
	await page.keyboard.type(userName);
	await page.keyboard.press('Tab');
	await page.keyboard.type('qwertyuiop');
	await page.keyboard.press('Enter');
	await expect(password).toBeFocused();
	await expect(password).toHaveAttribute('aria-invalid', 'true');
	await expect(name).toHaveValue(userName);
	await page.keyboard.press('Tab');
	await page.keyboard.press('Space');
	await expect(password).toHaveAttribute('type', 'text');
	await password.fill(goodPassword);
	await password.press('Enter');
	await expect(page.getByRole('link', { name: `Signed in as ${userName}` })).toBeVisible();

	await page.goto('/login');
	await expect(page.getByRole('heading', { name: "You're signed in" })).toBeVisible();
	await expectAccessible(page, 'signed in already');
	await page.getByRole('button', { name: 'Sign out' }).press('Enter');
	await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
	// Whoever turns to the other form before the answer gets no error for a form that is gone.
	const errors: string[] = [];
	page.on('pageerror', ({ message }) => errors.push(message));
	const { promise: turned, resolve: turn } = Promise.withResolvers<void>();
	await page.route('**/api/account/sign-in', async (route) => {
		await turned;
		await route.continue();
	});
	await name.fill(userName);
	await password.fill('wrong password');
	const answered = page.waitForResponse('**/api/account/sign-in');
	await password.press('Enter');
	await page.getByRole('button', { name: 'Create account' }).click();
	turn();
	await (await answered).finished();
	await page.getByRole('button', { name: 'I already have an account' }).click();
	expect(errors).toEqual([]);
	await page.unroute('**/api/account/sign-in');
	await password.fill('');
	await name.fill(userName);
	await name.press('Enter');
	await expect(password).toHaveAccessibleDescription('Enter your password.');
	await page.keyboard.type('wrong password');
	await page.keyboard.press('Enter');
	await expect(password).toHaveAccessibleDescription(/Wrong username or password/);
	await expect(password).toBeFocused();
	await expect(name).toHaveValue(userName);
	await expectAccessible(page, 'a wrong password');
	await page.setViewportSize(phone);
	await expectAccessible(page, 'a wrong password, on a phone');
});

test('ACCOUNT-1: of two tabs that sign up at the same moment both end in the one account', async ({
	person,
}) => {
	const ada = await person('Ada');
	const second = await ada.context.newPage();
	const [mine, other] = [freshName('ada'), freshName('ada')];
	const tabs = [
		{ page: ada.page, userName: mine },
		{ page: second, userName: other },
	];
	for (const { page, userName } of tabs) {
		await page.goto('/login?new&next=/settings');
		await expect(page.getByRole('heading', { name: 'Create account' })).toBeVisible();
		await page.getByRole('textbox', { name: 'Username' }).fill(userName);
		await page.getByLabel('Password', { exact: true }).fill(goodPassword);
	}
	await Promise.all(
		tabs.map(({ page }) =>
			page.locator('form').getByRole('button', { name: 'Create account' }).click(),
		),
	);
	for (const { page } of tabs) await expect(page.getByText(/signed in as/i).first()).toBeVisible();
	const names = [];
	for (const { page } of tabs) {
		await page.goto('/settings');
		names.push(
			await page
				.getByRole('main')
				.getByText(/^Signed in as/)
				.innerText(),
		);
	}
	expect(names[0]).toBe(names[1]);
});

test('ACCOUNT-5: one takes one’s data along and goes, and what one wrote stays or goes', async ({
	person,
	roomId,
}) => {
	const [keeper, remover, witness] = [
		await person('Keeper'),
		await person('Remover'),
		await person('Witness'),
	];
	for (const [who, text] of [
		[keeper, 'this stays'],
		[remover, 'this goes'],
	] as const) {
		await signUp(who, freshName(who.name));
		await write(who, roomId, text);
	}
	await write(witness, roomId, 'I see');
	await expect(logOf(witness)).toContainText('this goes');

	await remover.page.goto('/settings');
	const download = remover.page.waitForEvent('download');
	await remover.page.getByRole('link', { name: 'Download my data' }).click();
	const file = await (await download).path();
	expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
		rooms: [{ roomId }],
		messages: [{ body: 'this goes' }],
	});

	for (const [who, choice] of [
		[keeper, /Keep them/],
		[remover, /Delete them/],
	] as const) {
		await who.page.goto('/settings');
		await who.page.getByRole('button', { name: 'Delete account…' }).click();
		const dialog = who.page.getByRole('dialog', { name: 'Delete your account?' });
		await dialog.getByRole('radio', { name: choice }).check();
		await dialog.getByRole('button', { name: 'Delete account' }).click();
		await expect(dialog.getByRole('alert')).toContainText('Enter your password');
		await expect(dialog.getByLabel('Password', { exact: true })).toBeFocused();
		if (who === keeper) await expectAccessible(who.page, 'deleting oneself');
		await dialog.getByLabel('Password', { exact: true }).fill(goodPassword);
		await dialog.getByRole('button', { name: 'Delete account' }).click();
		await expect(who.page.getByRole('link', { name: 'Sign in' })).toBeVisible();
	}
	await expect(logOf(witness)).toContainText('this stays');
	await expect(logOf(witness)).toContainText('Deleted person');
	await expect(logOf(witness)).not.toContainText('this goes');
	await expect(logOf(witness)).not.toContainText('Keeper');
	await expect(logOf(witness)).not.toContainText('Remover');
});
