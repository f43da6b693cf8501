import type { ChatKey } from '../store/api/store.ts';

/** A text for each chat, by which maps know it: two keys may mean the same one. */
export const chatName = ({ roomId, pair }: ChatKey): string => [roomId, ...(pair ?? [])].join(' ');
