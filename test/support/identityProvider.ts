import { createServer, type Server } from 'node:http';
import Provider from 'oidc-provider';

export type TestProvider = {
	issuer: string;
	clientId: string;
	clientSecret: string;
	close(): Promise<void>;
};

const client = { clientId: 'parley', clientSecret: 'a secret between the two of them' };

/**
 * A real OpenID Connect provider on loopback, with its own pages for signing in: any login will do, and is what
 * people are called there.
 *
 * @param port a free one.
 * @param services addresses of services that it sends people back to.
 */
export async function startProvider(
	port: number,
	services: readonly string[],
): Promise<TestProvider> {
	const issuer = `http://127.0.0.1:${port}`;
	const provider = new Provider(issuer, {
		clients: [
			{
				client_id: client.clientId,
				client_secret: client.clientSecret,
				redirect_uris: services.map((url) => `${url}/api/account/oidc/callback`),
			},
		],
		cookies: { keys: ['a key of the tests'] },
		claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
		pkce: { required: () => true },
		findAccount: (_context, id) => ({
			accountId: id,
			claims: () => ({ sub: id, name: `${id} of elsewhere`, preferred_username: id }),
		}),
	});
	const answer = provider.callback();
	const server: Server = createServer((request, response) => void answer(request, response));
	await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
	return {
		issuer,
		...client,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
