import { createContext } from 'svelte';
import type { RoomChat } from './roomChat.svelte.ts';

/** The chat of a room's page, which is loaded only when it is wanted. */
export const [getRoomChat, setRoomChat] = createContext<RoomChat>();
