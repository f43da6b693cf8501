import type { Page } from 'playwright/test';
import { expect, Person, test } from '../support/browser.ts';
import { freshName } from '../support/account.ts';
import { startProvider } from '../support/identityProvider.ts';
import { freePort } from '../support/ports.ts';
import { serviceFolder, startServiceProcess } from '../support/serviceProcess.ts';

test('ACCOUNT-6: to the identity provider and back', async ({ browser, roomId }) => {
	const [port, own] = [await freePort(), await freePort()];
	const url = `http://127.0.0.1:${own}`;
	const provider = await startProvider(port, [url]);
	const service = await startServiceProcess(serviceFolder(), {
		PARLEY_HTTP_PORT: String(own),
		PARLEY_OIDC_ISSUER: provider.issuer,
		PARLEY_OIDC_CLIENTID: provider.clientId,
		PARLEY_OIDC_CLIENTSECRET: provider.clientSecret,
		PARLEY_OIDC_NAME: 'Elsewhere',
	});
	const { page, close } = await opened(browser, url);
	const login = freshName('ada');
	const goThere = async (from: Page, as = login, told = `Signed in as ${login}`) => {
		await from.getByRole('link', { name: 'Sign in with Elsewhere' }).click();
		await from.getByPlaceholder('Enter any login').fill(as);
		await from.getByPlaceholder('and password').fill('any');
		await from.getByRole('button', { name: 'Sign-in' }).click();
		await from.getByRole('button', { name: 'Continue' }).click();
		await expect(from.getByRole('main').getByText(told)).toBeVisible();
	};
	await page.goto('/login?next=/settings');
	await goThere(page);
	await expect(page.getByRole('heading', { name: 'Set a password' })).toBeVisible();
	// What the account is called is known in this browser by that.
	await page.goto('/people');
	await expect(page.getByRole('heading', { name: 'People', level: 1 })).toBeVisible();
	// What was seen once leads nowhere again.
	await page.goto('/api/account/oidc/callback?code=x&state=y');
	await expect(page.getByRole('heading', { name: "You're signed in" })).toBeVisible();
	await expect(page.getByRole('alert')).toHaveCount(0);
	await page.getByRole('button', { name: 'Sign out' }).click();
	await expect(page.getByRole('link', { name: 'Sign in with Elsewhere' })).toBeVisible();
	await page.goto('/api/account/oidc/callback?code=x&state=y');
	await expect(page.getByRole('alert')).toContainText('took too long or was already completed');
	await close();

	// Another browser, in which they have been a guest: that comes along.
	const second = await opened(browser, url);
	await second.page.goto(`/room/${roomId}/chat`);
	await second.page.getByRole('textbox', { name: 'Your name' }).fill('Ada');
	await second.page.getByRole('button', { name: /Join|Open/ }).click();
	await expect(second.page.getByRole('textbox', { name: 'Message' })).toBeVisible();
	await second.page.goto('/login?next=/settings');
	await expect(
		second.page.getByRole('switch', { name: /Move them to this account/ }),
	).toBeChecked();
	await goThere(second.page);
	await second.page.goto('/');
	await expect(second.page.locator(`a[href$="${roomId}"]`)).toBeVisible();
	await second.close();

	// Of whom the provider tells no name, none is made up, and no mark of theirs is shown for one.
	const third = await opened(browser, url);
	await third.page.goto('/login?next=/settings');
	await goThere(third.page, 'nameless', "You're signed in.");
	const { data } = (await (await third.page.request.get('/api/session')).json()) as {
		data: { personId: string };
	};
	await expect(third.page.getByRole('main')).not.toContainText(data.personId);
	await expect(third.page.getByRole('link', { name: 'Signed in', exact: true })).toBeVisible();
	await third.close();
	await service.close();
	await provider.close();
});

/** A window for a service of one's own. */
async function opened(browser: Parameters<typeof Person.open>[0], baseURL: string) {
	const { page, context } = await Person.open(browser, 'Somebody', { baseURL });
	return { page, close: () => context.close() };
}
