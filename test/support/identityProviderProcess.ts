import { createServer } from 'node:http';
import Provider from 'oidc-provider';

// An OpenID Connect provider, as a program: `port` and the addresses of services that it sends people back to. Any
// login will do, and is what people are called there. Of those called `liar…` its two sources tell different things.

const [port = '', ...services] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
	clients: [
		{
			client_id: process.env['CLIENT_ID'] ?? '',
			client_secret: process.env['CLIENT_SECRET'] ?? '',
			redirect_uris: services.map((url) => `${url}/api/account/oidc/callback`),
		},
	],
	cookies: { keys: ['a key of the tests'] },
	claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
	pkce: { required: () => true },
	findAccount: (_context, id) => ({
		accountId: id,
		claims: () => ({
			sub: id,
			...(!id.startsWith('nameless') && { name: `${id} of elsewhere`, preferred_username: id }),
		}),
	}),
});
provider.use(async (context, next) => {
	await next();
	const told: unknown = context.body;
	if (context.path !== '/me' || typeof told !== 'object' || told === null || !('sub' in told))
		return;
	if (String(told.sub).startsWith('liar')) told.sub = 'somebody else';
});
// It ends with the tests that started it, whatever becomes of them.
process.stdin.once('end', () => process.exit()).resume();
const answer = provider.callback();
const server = createServer((request, response) => void answer(request, response));
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
