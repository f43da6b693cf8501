import { CodedError } from '#shared/errors.ts';
import type { RoomId } from '#shared/ids.ts';
import { askAccount } from '#lib/features/account/engine/account.ts';
import { rememberName } from '#lib/preferences/rememberedName.ts';
import { noteVisit } from './visit.ts';

/**
 * Becomes whom the token's site says, for this room.
 *
 * @throws {CodedError} also where the browser keeps no cookie of a page within another one.
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
	if (!entered) return noteVisit(roomId);
	const { personId, name } = entered;
	const self = await askAccount('GET /api/session');
	if (self.personId !== personId)
		throw new CodedError(
			'UNAUTHENTICATED',
			'This browser keeps no cookies for a call within another site. That needs HTTPS, or open the call in a tab of its own.',
		);
	rememberName(name);
	noteVisit(roomId);
}

/** Whether somebody shows again what let them in before: a page that was loaded again around the call has nothing else. */
async function isInside(error: unknown, roomId: RoomId): Promise<boolean> {
	const isOld =
		error instanceof CodedError && (error.code === 'TOKEN_USED' || error.code === 'TOKEN_EXPIRED');
	return isOld && (await askAccount('GET /api/session')).roomId === roomId;
}
