import { loadPart } from '#lib/browser/loadPart.ts';
import type ChatRoom from '#lib/features/chat/ui/ChatRoom.svelte';

export type ChatRoomComponent = typeof ChatRoom;

/** Loads the code of the chat, which the first pictures do not need. */
export async function loadChatRoom(): Promise<ChatRoomComponent> {
	return (await loadPart(() => import('#lib/features/chat/ui/ChatRoom.svelte'))).default;
}
