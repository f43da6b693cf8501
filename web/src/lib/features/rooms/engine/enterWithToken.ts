import { CodedError } from '#shared/errors.ts';
import type { RoomId } from '#shared/ids.ts';
import { askAccount } from '#lib/features/account/engine/account.ts';
import { rememberName } from '#lib/preferences/rememberedName.ts';

/**
 * Signs the page in as the visitor of the token, for this room.
 *
 * @throws {CodedError} also if the browser keeps no cookie for a page that is embedded in another
 */
export async function enterWithToken(token: string, roomId: RoomId): Promise<void> {
	const framed = window.self !== window.top;
	const input = { token, roomId, framed };
	const entered = await askAccount('POST /api/session/token', input).catch(
		async (error: unknown) => {
			if (await isInside(error, roomId)) return null;
			throw error;
		},
	);
	if (!entered) return;
	const { personId, name } = entered;
	const self = await askAccount('GET /api/session');
	if (self.personId !== personId)
		throw new CodedError(
			'UNAUTHENTICATED',
			'This browser keeps no cookies for a call within another site. That needs HTTPS, or open the call in a tab of its own.',
		);
	rememberName(name);
}

/** Whether the token let this page in before. A page that is reloaded during the call has no other token. */
async function isInside(error: unknown, roomId: RoomId): Promise<boolean> {
	const isOld =
		error instanceof CodedError && (error.code === 'TOKEN_USED' || error.code === 'TOKEN_EXPIRED');
	return isOld && (await askAccount('GET /api/session')).roomId === roomId;
}
