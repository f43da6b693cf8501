const key = 'parley:preferences';

/** A choice: what it is until somebody chooses, and whether a kept value is one. */
type Choice<T> = { standard: T; accepts: (value: unknown) => value is T };

const choice = <T>(standard: T, accepts: (value: unknown) => boolean): Choice<T> => ({
	standard,
	accepts: (value): value is T => accepts(value),
});
const isText = (value: unknown) => typeof value === 'string';
const text = choice('', isText);
const textOrNone = choice<string | null>(null, (value) => value === null || isText(value));
const flag = (standard: boolean) => choice(standard, (value) => typeof value === 'boolean');
const oneOf = <T extends string>(...choices: [T, ...T[]]) =>
	choice(choices[0], (value) => choices.some((one) => one === value));

type Size = { width: number; height: number };
const isSize = (value: unknown) => {
	const { width, height } = (value ?? {}) as Partial<Size>;
	return typeof width === 'number' && typeof height === 'number';
};

// Written by hand: every page reads it first, and a library of schemas would be a tenth of the landing page.
const choices = {
	name: text,
	microphone: flag(true),
	camera: flag(true),
	/** Ids of chosen devices, as this browser names them to this site; null where none was chosen. */
	microphoneId: textOrNone,
	cameraId: textOrNone,
	/** How large the camera's picture was last, in pixels; null as long as it was never open. */
	picture: choice<Size | null>(null, (value) => value === null || isSize(value)),
	speakerId: textOrNone,
	echoCancellation: flag(true),
	noiseSuppression: flag(true),
	autoGainControl: flag(true),
	strongSuppression: flag(false),
	musicMode: flag(false),
	mutedHint: flag(true),
	singleKeys: flag(true),
	pushToTalk: flag(true),
	sounds: flag(true),
	notifications: flag(false),
	/** Whether messages in a call are among what the browser notifies of. */
	messageNotifications: flag(true),
	/** Rooms whose messages are not told, the one muted last at the end. */
	mutedRooms: choice<string[]>([], (value) => Array.isArray(value) && value.every(isText)),
	layout: oneOf('grid', 'speaker', 'sidebar'),
	/** What the person wants to read; null for what their browser asks for. */
	language: textOrNone,
	/** Which colours the pages have; the start script reads it too. */
	theme: oneOf('system', 'light', 'dark'),
	videoMode: oneOf('full', 'save', 'audio'),
	shareMode: oneOf('text', 'motion'),
};
export type Preferences = {
	[Name in keyof typeof choices]: (typeof choices)[Name]['standard'];
};

/** What was kept, by name. Anything else than an object holds nothing. */
function kept(): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
		return typeof value === 'object' && value !== null ? { ...value } : {};
	} catch {
		return {};
	}
}

/** What the person chose last time. Where nothing can be kept, and for what makes no sense, the defaults. */
export function recallPreferences(): Preferences {
	const values = kept();
	return Object.fromEntries(
		Object.entries(choices).map(([name, { standard, accepts }]) => [
			name,
			accepts(values[name]) ? values[name] : standard,
		]),
	) as Preferences;
}

/** Keeps a choice for the next time, where the browser allows it. */
export function rememberPreferences(chosen: Partial<Preferences>): void {
	try {
		localStorage.setItem(key, JSON.stringify({ ...recallPreferences(), ...chosen }));
	} catch {
		// A full or forbidden storage costs a habit, not a call.
	}
}
