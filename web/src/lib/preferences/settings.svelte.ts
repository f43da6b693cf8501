import type { RoomId } from '#shared/ids.ts';
import { recallPreferences, rememberPreferences, type Preferences } from './preferences.ts';

type Settings = Pick<
	Preferences,
	| 'singleKeys'
	| 'pushToTalk'
	| 'sounds'
	| 'notifications'
	| 'messageNotifications'
	| 'mutedRooms'
	| 'theme'
>;

/** How many muted rooms this browser remembers. */
const mostMuted = 200;

/** How the person wants the page to behave, on this device. Reactive and remembered. */
class OwnSettings {
	#all = $state.raw<Settings>(recallPreferences());

	/** Whether single keys do something. */
	get singleKeys(): boolean {
		return this.#all.singleKeys;
	}
	/** Whether holding the space bar unmutes for as long. */
	get pushToTalk(): boolean {
		return this.#all.pushToTalk;
	}
	/** Whether soft sounds tell what happens. */
	get sounds(): boolean {
		return this.#all.sounds;
	}

	/** Whether notifications are on. The browser's permission may be gone by now. */
	get notifications(): boolean {
		return this.#all.notifications;
	}

	/** Whether the browser tells what is written while one looks elsewhere. */
	get messageNotifications(): boolean {
		return this.#all.notifications && this.#all.messageNotifications;
	}

	/** Whether messages of this room, or of this chat of two, are not told. */
	hasMuted(roomId: RoomId): boolean {
		return this.#all.mutedRooms.includes(roomId);
	}

	/** Rooms whose messages are not told, and chats of two, by the ids of their rooms. */
	get mutedRooms(): readonly RoomId[] {
		return this.#all.mutedRooms as RoomId[];
	}

	/** Of more than 200 muted rooms, the one that was muted first is forgotten. */
	setMuted(roomId: RoomId, muted: boolean): void {
		const others = this.#all.mutedRooms.filter((other) => other !== roomId);
		this.change({ mutedRooms: muted ? [...others, roomId].slice(-mostMuted) : others });
	}

	get theme(): Settings['theme'] {
		return this.#all.theme;
	}

	change(change: Partial<Settings>): void {
		this.#all = { ...this.#all, ...change };
		rememberPreferences(change);
	}
}

export const settings = new OwnSettings();
