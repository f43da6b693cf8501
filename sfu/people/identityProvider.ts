import * as oidc from 'openid-client';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { displayName } from '#shared/text.ts';
import { nameSkeleton, userName } from '#shared/userName.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { StartError } from '../startError.ts';

/** What has to be remembered between going to the provider and coming back. */
export const underWay = v.object({
	verifier: v.string(),
	state: v.string(),
	nonce: v.string(),
	/** The page to go on with. */
	next: v.string(),
	/** Whether what the guest has goes over to the account. */
	bring: v.boolean(),
	/** In ms since 1970. */
	expiresAt: v.number(),
});
export type UnderWay = v.InferOutput<typeof underWay>;

/** Whom the provider vouches for. */
export type Vouched = {
	issuer: string;
	subject: string;
	name: string | null;
	/** User names to be had here, the best first. */
	userNames: { userName: string; skeleton: string }[];
};

/** How long somebody may take to sign in there, in ms. */
const patience = 10 * 60 * 1000;
/** How long somebody waits who wants to go there, and who has come back, in seconds. */
const lookPatience = 4;
const answerPatience = 10;
/** Other names to try where one is taken. */
const mostNames = 20;

/** An OpenID Connect provider that people sign in with: authorization code, PKCE, state and nonce (R75). */
export class IdentityProvider {
	/** What people know it as. */
	readonly name: string;
	readonly #config: Config['oidc'];
	readonly #log: Log;
	#looking: Promise<oidc.Configuration> | null = null;
	/** As it described itself last. */
	#known: oidc.Configuration | null = null;

	private constructor(config: Config['oidc'], log: Log) {
		this.name = config.name || new URL(config.issuer).host;
		this.#config = config;
		this.#log = log;
	}

	/**
	 * Null where none is configured. It is asked whenever somebody wants to sign in, for it may start after us and go away.
	 *
	 * @throws {StartError} where something is missing.
	 */
	static create(config: Config['oidc'], log: Log): IdentityProvider | null {
		if (!config.issuer) return null;
		if (!config.clientId)
			throw new StartError('oidc.clientId is missing: the provider of oidc.issuer gives one.');
		return new IdentityProvider(config, log);
	}

	/**
	 * Where to send somebody who wants to sign in, and what to remember until they come back.
	 *
	 * @param callback our address that they come back to.
	 * @throws {CodedError} UNAVAILABLE where the provider does not answer within a few seconds (R123).
	 */
	async begin(
		callback: string,
		wanted: Pick<UnderWay, 'next' | 'bring'>,
	): Promise<{ url: string; remember: UnderWay }> {
		const configuration = await this.#look();
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
		const expiresAt = Date.now() + patience;
		return { url: url.href, remember: { verifier, state, nonce, ...wanted, expiresAt } };
	}

	/**
	 * Whom the provider sent back.
	 *
	 * @param url the whole address that they came back to.
	 * @throws {CodedError} SIGN_IN_EXPIRED, SIGN_IN_FAILED, UNAVAILABLE.
	 */
	async complete(url: URL, remembered: UnderWay | null): Promise<Vouched> {
		if (!remembered || remembered.expiresAt < Date.now()) throw new CodedError('SIGN_IN_EXPIRED');
		const configuration = this.#known ?? (await this.#look());
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
			const told = { ...claims };
			// Many tell the name only when they are asked for it.
			if (!told['preferred_username'] && configuration.serverMetadata().userinfo_endpoint)
				Object.assign(
					told,
					await oidc.fetchUserInfo(configuration, answer.access_token, claims.sub),
				);
			return vouched({ ...told, iss: claims.iss, sub: claims.sub });
		} catch (error) {
			throw this.#understood(error);
		}
	}

	/** As the provider describes itself now: whoever is sent to one that is away is left with an error of their browser's. */
	#look(): Promise<oidc.Configuration> {
		// However many ask at once, the provider is asked once.
		this.#looking ??= this.#discover().finally(() => (this.#looking = null));
		return this.#looking;
	}

	async #discover(): Promise<oidc.Configuration> {
		const { issuer, clientId, clientSecret } = this.#config;
		const authentication = clientSecret ? oidc.ClientSecretBasic(clientSecret) : oidc.None();
		const isPlain = new URL(issuer).protocol === 'http:';
		try {
			const found = await oidc.discovery(new URL(issuer), clientId, undefined, authentication, {
				// Whoever configures an address without TLS wants it so: a provider on the same machine, or a test.
				execute: isPlain ? [oidc.allowInsecureRequests] : [],
				timeout: lookPatience,
			});
			found.timeout = answerPatience;
			this.#known = found;
			return found;
		} catch (error) {
			this.#log.warn({ err: error }, 'the identity provider cannot be reached');
			throw new CodedError('UNAVAILABLE', `${this.name} cannot be reached. Try again later.`);
		}
	}

	/** What was wrong is in the log; whoever may have made it up is told little. */
	#understood(error: unknown): CodedError {
		if (error instanceof CodedError) return error;
		if (error instanceof oidc.AuthorizationResponseError) {
			if (error.error === 'access_denied')
				return new CodedError('SIGN_IN_FAILED', `You did not sign in with ${this.name}.`);
			return new CodedError('SIGN_IN_FAILED');
		}
		if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant')
			return new CodedError('SIGN_IN_EXPIRED');
		this.#log.warn({ err: error }, 'a sign-in with the identity provider failed');
		return new CodedError(isAway(error) ? 'UNAVAILABLE' : 'SIGN_IN_FAILED');
	}
}

/** Whether the provider did not answer, or broke down over it. */
function isAway(error: unknown): boolean {
	// What `fetch` throws when there is no connection.
	if (error instanceof TypeError) return error.cause instanceof Error;
	if (!(error instanceof oidc.ClientError)) return false;
	const { cause } = error;
	return error.code === 'OAUTH_TIMEOUT' || (cause instanceof Response && cause.status >= 500);
}

function vouched(claims: { iss: string; sub: string; [claim: string]: unknown }): Vouched {
	const text = (claim: unknown) => (typeof claim === 'string' ? claim : '');
	const preferred = text(claims['preferred_username']);
	const name = v.safeParse(displayName, text(claims['name']) || preferred);
	const [local = ''] = preferred.split('@', 1);
	const plain = local.replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '-');
	const wanted = Array.from({ length: mostNames }, (_, i) =>
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
