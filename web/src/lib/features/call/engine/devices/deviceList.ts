import type { ChoiceKind, DeviceOption } from '../model.ts';

export type DeviceLists = Record<ChoiceKind, readonly DeviceOption[]>;

export const noDevices: DeviceLists = { microphone: [], camera: [], speaker: [] };

const kinds: Record<MediaDeviceKind, ChoiceKind> = {
	audioinput: 'microphone',
	videoinput: 'camera',
	audiooutput: 'speaker',
};

/**
 * The devices that a person may choose from. Before the person permits a kind, browsers list it without an id. On
 * Windows some browsers list the same device once more, as the one for communications.
 */
export function listDevices(
	infos: readonly Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>[],
): DeviceLists {
	const lists = { microphone: [], camera: [], speaker: [] } as Record<ChoiceKind, DeviceOption[]>;
	for (const { kind, deviceId, label } of infos) {
		const list = lists[kinds[kind]];
		if (deviceId === '' || deviceId === 'communications') continue;
		if (list.some((option) => option.deviceId === deviceId)) continue;
		list.push({ deviceId, label });
	}
	return lists;
}

/** Follows which devices there are, while it is on. */
export class DeviceList {
	readonly #changed: () => void;
	#lists = noDevices;
	#on = false;
	#asked = 0;

	/** @param changed Called whenever there are others, or they are better known. */
	constructor(changed: () => void) {
		this.#changed = changed;
	}

	get lists(): DeviceLists {
		return this.#lists;
	}

	start(): void {
		const devices: MediaDevices | undefined = navigator.mediaDevices;
		if (this.#on || !devices) return;
		this.#on = true;
		devices.addEventListener('devicechange', this.refresh);
		this.refresh();
	}

	stop(): void {
		if (!this.#on) return;
		this.#on = false;
		navigator.mediaDevices.removeEventListener('devicechange', this.refresh);
	}

	/** Lists the devices again: a new permission reveals their names. */
	readonly refresh = (): void => void this.#look();

	async #look(): Promise<void> {
		if (!this.#on) return;
		const turn = ++this.#asked;
		// If the browser does not list them, the list stays as it was until the next change.
		const infos = await navigator.mediaDevices.enumerateDevices().catch(() => null);
		if (!infos || !this.#on || turn !== this.#asked) return;
		const lists = listDevices(infos);
		if (JSON.stringify(lists) === JSON.stringify(this.#lists)) return;
		this.#lists = lists;
		this.#changed();
	}
}
