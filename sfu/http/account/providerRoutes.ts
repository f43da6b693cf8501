import { parseCookie, stringifySetCookie } from 'cookie';
import { sign, unsign } from 'cookie-signature';
import { Router, type Request } from 'express';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { newPersonId } from '#shared/ids.ts';
import { ownAddress } from '#shared/ownAddress.ts';
import type { Access } from '../../chat/access.ts';
import type { Accounts } from '../../people/identity/accounts.ts';
import type { IdentityProvider } from '../../people/identity/identityProvider.ts';
import { pendingSignIn, type PendingSignIn } from '../../people/identity/pendingSignIn.ts';
import { cookieEnd, type SessionCookies } from '../../people/identity/sessionCookies.ts';
import type { AccountStatus } from '../../people/identity/accountStatus.ts';
import { isGuest, type SessionRegistry } from '../../people/identity/sessionRegistry.ts';
import type { AccountStore } from '../../store/api/accountStore.ts';
import { remember } from './browser.ts';

export const providerPath = '/api/account/oidc';
type Parts = {
	secret: string;
	provider: IdentityProvider | null;
	sessionCookies: SessionCookies;
	sessionRegistry: SessionRegistry;
	accounts: Accounts;
	accountStatus: AccountStatus;
	store: AccountStore;
	access: Access;
	/** Path below which the service is; empty for the root of its host. */
	basePath: string;
};

/** The way to the operator's identity provider and back. People see these addresses, so failures are pages. */
export function providerRoutes(parts: Parts): Router {
	const { secret, provider, sessionCookies, sessionRegistry, accounts, basePath } = parts;
	const routes = Router();
	const cookie = new SignInCookie(secret, basePath);
	/** The address of this service that the request was for. */
	const addressAskedFor = ({ protocol, host }: Request, path: string) =>
		`${protocol}://${host ?? ''}${basePath}${path}`;
	const callbackOf = (request: Request) => addressAskedFor(request, `${providerPath}/callback`);

	routes.get('/start', async (request, response) => {
		response.setHeader('Cache-Control', 'no-store');
		const next = ownAddress(request.query['next']);
		try {
			if (!provider) throw new CodedError('NOT_FOUND');
			const bring = request.query['bring'] !== undefined;
			const { url, remember: kept } = await provider.begin(callbackOf(request), { next, bring });
			response.append('Set-Cookie', cookie.of(request, kept));
			response.redirect(303, url);
		} catch (error) {
			response.redirect(303, basePath + problemPage(error, next));
		}
	});

	routes.get('/callback', async (request, response) => {
		response.setHeader('Cache-Control', 'no-store');
		const kept = cookie.read(request);
		// The cookie is valid once, whatever the result.
		response.append('Set-Cookie', cookie.of(request, null));
		try {
			if (!provider) throw new CodedError('NOT_FOUND');
			const url = new URL(addressAskedFor(request, request.originalUrl));
			const vouched = await provider.complete(url, kept);
			const personId = await identify(request, vouched, parts);
			const visitor = await sessionRegistry.of(request.headers.cookie);
			const device = request.headers['user-agent'] ?? '';
			const { identity, settled } = await accounts.enter(personId, visitor, device, kept?.bring);
			remember(request, response, sessionCookies, identity);
			response.once('finish', settled);
			response.redirect(303, basePath + welcomePage(kept?.next ?? '/'));
		} catch (error) {
			response.redirect(303, basePath + problemPage(error, kept?.next ?? '/'));
		}
	});

	return routes;
}

/** The first time, the guest becomes the account. A person who has an account already gets a second one. */
async function identify(
	request: Request,
	{ issuer, subject, name, userNames }: Awaited<ReturnType<IdentityProvider['complete']>>,
	{ sessionRegistry, accountStatus, store, access }: Parts,
) {
	const visitor = await sessionRegistry.of(request.headers.cookie);
	const newcomer = visitor && isGuest(visitor) ? visitor.personId : newPersonId();
	// A name from the provider makes nobody an administrator.
	const names = userNames.filter(
		({ skeleton }) => !accountStatus.administrators.isReserved(skeleton),
	);
	const { personId, isNew } = await access.saving(() =>
		store.identify(issuer, subject, newcomer, { names }, Date.now()),
	);
	if (isNew && name !== null)
		await access.saving(() => store.setProfile(personId, { name }, Date.now()));
	return personId;
}

/** The page for signing in, which remembers the name of the account and goes on. */
const welcomePage = (next: string): string =>
	`/login?${new URLSearchParams({ 'signed-in': '', next }).toString()}`;

/** The page for signing in, which shows the error by its code. */
function problemPage(error: unknown, next: string): string {
	if (!(error instanceof CodedError)) throw error;
	const query = new URLSearchParams({ problem: error.code, next });
	return `/login?${query.toString()}`;
}

/** What is remembered of a sign-in while the person is at the provider: signed, in a cookie. */
class SignInCookie {
	readonly #secret: string;
	readonly #basePath: string;

	constructor(secret: string, basePath: string) {
		this.#secret = secret;
		this.#basePath = basePath;
	}

	/** A `Set-Cookie` header; null removes the cookie. */
	of(request: Request, kept: PendingSignIn | null): string {
		const { secure } = request;
		const json = Buffer.from(JSON.stringify(kept ?? {})).toString('base64url');
		return stringifySetCookie({
			name: this.#nameOf(request),
			value: kept ? sign(json, this.#secretOf(request)) : '',
			httpOnly: true,
			// The browser sends it when the provider redirects back, and with no other request from another site.
			sameSite: 'lax',
			secure,
			path: secure ? '/' : this.#basePath + providerPath,
			maxAge: kept ? 600 : 0,
		});
	}

	read(request: Request): PendingSignIn | null {
		const value = parseCookie(request.headers.cookie ?? '')[this.#nameOf(request)];
		const signed = value && unsign(value, this.#secretOf(request));
		if (!signed) return null;
		const json: unknown = JSON.parse(Buffer.from(signed, 'base64url').toString());
		const parsed = v.safeParse(pendingSignIn, json);
		return parsed.success ? parsed.output : null;
	}

	/** Over HTTPS a sibling domain cannot set it. */
	#nameOf({ secure }: Request): string {
		return `${secure ? '__Host-' : ''}parley_sign_in${cookieEnd(this.#basePath)}`;
	}

	/** The signing secret of each name, so that neither cookie passes for the other. */
	#secretOf({ secure }: Request): string {
		return `${this.#secret} ${secure ? '__Host-' : ''}parley_sign_in`;
	}
}
