import * as v from 'valibot';
import { tokenId, type TokenId } from '#shared/ids.ts';
import { askApi } from '#lib/http/api.ts';

const accessToken = v.object({
	tokenId,
	name: v.string(),
	madeAt: v.number(),
	usedAt: v.nullable(v.number()),
	expiresAt: v.number(),
	scope: v.picklist(['read', 'write']),
});
/** A personal access token as the list of tokens has it; times in ms since 1970. */
export type AccessToken = v.InferOutput<typeof accessToken>;

/** The requests about tokens throw a CodedError whose message people can read. */
export async function listTokens(): Promise<AccessToken[]> {
	const { tokens } = await askApi(v.object({ tokens: v.array(accessToken) }), 'GET', '/api/tokens');
	return tokens.sort((a, b) => b.madeAt - a.madeAt);
}

/** @param days until it expires. */
export function makeToken(
	name: string,
	days: number,
	scope: AccessToken['scope'],
): Promise<{ token: AccessToken; secret: string }> {
	const made = v.object({ token: accessToken, secret: v.string() });
	return askApi(made, 'POST', '/api/tokens', { name, days, scope });
}

export async function revokeToken(id: TokenId): Promise<void> {
	await askApi(v.unknown(), 'DELETE', `/api/tokens/${encodeURIComponent(id)}`);
}
