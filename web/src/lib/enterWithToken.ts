import { CodedError } from '#shared/errors.ts';
import type { RoomId } from '#shared/ids.ts';
import { askAccount } from './account.ts';
import { rememberName } from './rememberedName.ts';
import { noteVisit } from './visit.ts';

/**
 * Becomes whom the token's site says, for this room.
 *
 * @throws {CodedError} also where the browser keeps no cookie of a page within another one.
 */
export async function enterWithToken(token: string, roomId: RoomId): Promise<void> {
	const framed = window.self !== window.top;
	const input = { token, roomId, framed };
	const { personId, name } = await askAccount('POST /api/session/token', input);
	const self = await askAccount('GET /api/session');
	if (self.personId !== personId)
		throw new CodedError(
			'UNAUTHENTICATED',
			'This browser keeps no cookies for a call within another site. That needs HTTPS, or open the call in a tab of its own.',
		);
	rememberName(name);
	noteVisit(roomId);
}
