import { loadPart } from '#lib/browser/loadPart.ts';
import type ChatRoom from '#lib/features/chat/ui/ChatRoom.svelte';

export type ChatRoomComponent = typeof ChatRoom;

/** Fetches what shows the chat: nobody needs it to see faces. */
export async function loadChatRoom(): Promise<ChatRoomComponent> {
	return (await loadPart(() => import('#lib/features/chat/ui/ChatRoom.svelte'))).default;
}
