import * as v from 'valibot';

const key = 'parley:preferences';

const preferences = v.object({
	name: v.fallback(v.string(), ''),
	microphone: v.fallback(v.boolean(), true),
	camera: v.fallback(v.boolean(), true),
	/** Ids of chosen devices, as this browser names them to this site; null where none was chosen. */
	microphoneId: v.fallback(v.nullable(v.string()), null),
	cameraId: v.fallback(v.nullable(v.string()), null),
	/** How large the camera's picture was last, in pixels; null as long as it was never open. */
	picture: v.fallback(v.nullable(v.object({ width: v.number(), height: v.number() })), null),
	speakerId: v.fallback(v.nullable(v.string()), null),
	echoCancellation: v.fallback(v.boolean(), true),
	noiseSuppression: v.fallback(v.boolean(), true),
	autoGainControl: v.fallback(v.boolean(), true),
	strongSuppression: v.fallback(v.boolean(), false),
	mutedHint: v.fallback(v.boolean(), true),
	singleKeys: v.fallback(v.boolean(), true),
	pushToTalk: v.fallback(v.boolean(), true),
	sounds: v.fallback(v.boolean(), true),
	notifications: v.fallback(v.boolean(), false),
	/** Whether messages in a call are among what the browser notifies of. */
	messageNotifications: v.fallback(v.boolean(), true),
	/** Rooms whose messages are not told, the one muted last at the end. */
	mutedRooms: v.fallback(v.array(v.string()), []),
	layout: v.fallback(v.picklist(['grid', 'speaker', 'sidebar']), 'grid'),
	/** What the person wants to read; null for what their browser asks for. */
	language: v.fallback(v.nullable(v.string()), null),
	/** Which colours the pages have; the start script reads it too. */
	theme: v.fallback(v.picklist(['system', 'light', 'dark']), 'system'),
	videoMode: v.fallback(v.picklist(['full', 'save', 'audio']), 'full'),
	shareMode: v.fallback(v.picklist(['text', 'motion']), 'text'),
});
export type Preferences = v.InferOutput<typeof preferences>;

/** What the person chose last time. Where nothing can be kept, the defaults. */
export function recallPreferences(): Preferences {
	try {
		return v.parse(preferences, JSON.parse(localStorage.getItem(key) ?? '{}'));
	} catch {
		return v.parse(preferences, {});
	}
}

/** Keeps a choice for the next time, where the browser allows it. */
export function rememberPreferences(choice: Partial<Preferences>): void {
	try {
		localStorage.setItem(key, JSON.stringify({ ...recallPreferences(), ...choice }));
	} catch {
		// A full or forbidden storage costs a habit, not a call.
	}
}
