import { createContext } from 'svelte';
import type { ChatView } from './chatView.ts';
import type { RoomChat } from './roomChat.svelte.ts';

/** The chat, set by the panel or page that shows it and read by whatever is inside of it. */
export const [getChat, setChat] = createContext<ChatView>();

/** The chat of a room's page, which is loaded only when somebody wants it. */
export const [getRoomChat, setRoomChat] = createContext<RoomChat>();
