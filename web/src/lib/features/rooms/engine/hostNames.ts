import { memberLabel, roomName } from '#shared/text.ts';
import { checkName, type CheckedName } from '#lib/features/account/engine/personName.ts';

/** The name of a room, or why it cannot be one. */
export const checkRoomName = (typed: string): CheckedName => checkName(typed, roomName);

/** The label of a member, or why it cannot be one. */
export const checkLabel = (typed: string): CheckedName => checkName(typed, memberLabel);
