/** Which room an administrator opened. Without a reference to the room: the log stays when the room is gone. */
export const openedRooms = (): string[] => ['alter table moderation_log add column room_id text'];
