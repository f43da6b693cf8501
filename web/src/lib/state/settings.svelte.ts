import { recallPreferences, rememberPreferences, type Preferences } from '../call/preferences.ts';

type Settings = Pick<Preferences, 'singleKeys' | 'pushToTalk' | 'sounds' | 'notifications'>;

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

	/** Whether the browser tells what happens while one looks elsewhere. Its permission may be gone by now. */
	get notifications(): boolean {
		return this.#all.notifications;
	}

	change(change: Partial<Settings>): void {
		this.#all = { ...this.#all, ...change };
		rememberPreferences(change);
	}
}

export const settings = new OwnSettings();
