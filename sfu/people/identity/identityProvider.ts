import * as oidc from 'openid-client';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { foreignName } from '#shared/text.ts';
import { nameSkeleton, userName } from '#shared/userName.ts';
import type { Config } from '../../platform/config.ts';
import type { Log } from '../../platform/log.ts';
import { StartError } from '../../platform/startError.ts';
import type { PendingSignIn } from './pendingSignIn.ts';

/** The person whom the provider vouches for. */
export type ProviderIdentity = {
	issuer: string;
	subject: string;
	name: string | null;
	/** User names to try, the best first. */
	userNames: { userName: string; skeleton: string }[];
};

/** How long a person may take to sign in at the provider, in ms. */
const signInTimeout = 10 * 60 * 1000;
/** How long a request to the provider may take, in seconds. */
const discoveryTimeout = 4;
const answerTimeout = 10;
/** How many other names to try if the name is taken. */
const maxNames = 20;

/** The operator's OpenID Connect provider: authorization code, PKCE, state and nonce (ACCOUNT-6). */
export class IdentityProvider {
	/** The name on the button. */
	readonly name: string;
	readonly #config: Config['oidc'];
	readonly #log: Log;
	#discovering: Promise<oidc.Configuration> | null = null;
	/** The provider's last description of itself. */
	#lastConfiguration: oidc.Configuration | null = null;

	private constructor(config: Config['oidc'], log: Log) {
		this.name = config.name || new URL(config.issuer).host;
		this.#config = config;
		this.#log = log;
	}

	/**
	 * The provider is contacted at each sign-in, because it may start after us and go away.
	 *
	 * @throws {StartError} if a setting is missing.
	 */
	static create(config: Config['oidc'], log: Log): IdentityProvider {
		if (!config.clientId)
			throw new StartError('oidc.clientId is missing: the provider of oidc.issuer gives one.');
		return new IdentityProvider(config, log);
	}

	/**
	 * The address to send the person to, and what to remember until they come back.
	 *
	 * @param callback our address that they come back to.
	 * @throws {CodedError} UNAVAILABLE if the provider does not answer within a few seconds (ACCOUNT-22).
	 */
	async begin(
		callback: string,
		wanted: Pick<PendingSignIn, 'next' | 'bring'>,
	): Promise<{ url: string; remember: PendingSignIn }> {
		const configuration = await this.#configuration();
		const verifier = oidc.randomPKCECodeVerifier();
		const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
		const url = oidc.buildAuthorizationUrl(configuration, {
			redirect_uri: callback,
			scope: 'openid profile',
			code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
			code_challenge_method: 'S256',
			state,
			nonce,
		});
		const expiresAt = Date.now() + signInTimeout;
		return { url: url.href, remember: { verifier, state, nonce, ...wanted, expiresAt } };
	}

	/**
	 * Completes the sign-in of a person whom the provider sent back.
	 *
	 * @param url the whole address that they came back to.
	 * @throws {CodedError} SIGN_IN_EXPIRED, SIGN_IN_FAILED, UNAVAILABLE.
	 */
	async complete(url: URL, remembered: PendingSignIn | null): Promise<ProviderIdentity> {
		if (!remembered || remembered.expiresAt < Date.now()) throw new CodedError('SIGN_IN_EXPIRED');
		const configuration = this.#lastConfiguration ?? (await this.#configuration());
		const { verifier, state, nonce } = remembered;
		try {
			const answer = await oidc.authorizationCodeGrant(configuration, url, {
				pkceCodeVerifier: verifier,
				expectedState: state,
				expectedNonce: nonce,
				idTokenExpected: true,
			});
			const claims = answer.claims();
			if (!claims) throw new CodedError('SIGN_IN_FAILED');
			const userInfo = { ...claims };
			// Many providers tell the name only by the userinfo endpoint.
			if (!userInfo['preferred_username'] && configuration.serverMetadata().userinfo_endpoint)
				Object.assign(
					userInfo,
					await oidc.fetchUserInfo(configuration, answer.access_token, claims.sub),
				);
			return providerIdentityOf({ ...userInfo, iss: claims.iss, sub: claims.sub });
		} catch (error) {
			throw this.#codedError(error);
		}
	}

	/**
	 * Reads the provider's current description. A person who is sent to a provider that is away would see only a
	 * browser error.
	 */
	#configuration(): Promise<oidc.Configuration> {
		// Concurrent sign-ins share one request to the provider.
		this.#discovering ??= this.#discover().finally(() => (this.#discovering = null));
		return this.#discovering;
	}

	async #discover(): Promise<oidc.Configuration> {
		const { issuer, clientId, clientSecret } = this.#config;
		const authentication = clientSecret ? oidc.ClientSecretBasic(clientSecret) : oidc.None();
		const isPlain = new URL(issuer).protocol === 'http:';
		try {
			const found = await oidc.discovery(new URL(issuer), clientId, undefined, authentication, {
				// An operator may configure an address without TLS: a provider on the same machine, or a test.
				execute: isPlain ? [oidc.allowInsecureRequests] : [],
				timeout: discoveryTimeout,
			});
			found.timeout = answerTimeout;
			this.#lastConfiguration = found;
			return found;
		} catch (error) {
			this.#log.warn({ err: error }, 'the identity provider cannot be reached');
			throw new CodedError('UNAVAILABLE', `Can't reach ${this.name}. Try again later.`);
		}
	}

	/** Logs the reason. The answer says little, because the address may be forged. */
	#codedError(error: unknown): CodedError {
		if (error instanceof CodedError) return error;
		if (error instanceof oidc.AuthorizationResponseError) {
			if (error.error === 'access_denied')
				return new CodedError('SIGN_IN_FAILED', `You didn't sign in with ${this.name}.`);
			return new CodedError('SIGN_IN_FAILED');
		}
		if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant')
			return new CodedError('SIGN_IN_EXPIRED');
		this.#log.warn({ err: error }, 'a sign-in with the identity provider failed');
		return new CodedError(isAway(error) ? 'UNAVAILABLE' : 'SIGN_IN_FAILED');
	}
}

/** Whether the provider did not answer, or failed itself. */
function isAway(error: unknown): boolean {
	// What `fetch` throws if there is no connection.
	if (error instanceof TypeError) return error.cause instanceof Error;
	if (!(error instanceof oidc.ClientError)) return false;
	const { cause } = error;
	return error.code === 'OAUTH_TIMEOUT' || (cause instanceof Response && cause.status >= 500);
}

function providerIdentityOf(claims: {
	iss: string;
	sub: string;
	[claim: string]: unknown;
}): ProviderIdentity {
	const text = (claim: unknown) => (typeof claim === 'string' ? claim : '');
	const preferred = text(claims['preferred_username']);
	const name = v.safeParse(foreignName, text(claims['name']) || preferred);
	const [local = ''] = preferred.split('@', 1);
	const plain = local.replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '-');
	const wanted = Array.from({ length: maxNames }, (_, i) =>
		i === 0 ? plain : `${plain}-${i + 1}`,
	);
	return {
		issuer: claims.iss,
		subject: claims.sub,
		name: name.success ? name.output : null,
		userNames: wanted.flatMap((one) => {
			const parsed = v.safeParse(userName, one);
			return parsed.success
				? [{ userName: parsed.output, skeleton: nameSkeleton(parsed.output) }]
				: [];
		}),
	};
}
