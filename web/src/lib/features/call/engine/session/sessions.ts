import { DeviceCode } from './deviceCode.ts';
import type { LocalAudio } from '../devices/localAudio.ts';
import { Session, type SessionOptions } from './session.ts';
import { PlaceholderTracks } from '../media/placeholderTracks.ts';

type Parts = Omit<SessionOptions, 'lobby' | 'device' | 'placeholders' | 'path' | 'guard'> & {
	audio: LocalAudio;
};

/** Makes the sessions of a call from the parts that they share. */
export class Sessions {
	readonly #parts: Parts;
	readonly #code = new DeviceCode();
	#placeholders: PlaceholderTracks | null = null;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** Loads the code that the first session needs, so that it can be made at once. Never rejects. */
	preload(): void {
		// The first session asks for it again, and reports the failure.
		this.#code.preload().catch(() => undefined);
	}

	/** @param path as of the session. */
	async open(
		lobby: SessionOptions['lobby'],
		path: SessionOptions['path'],
		guard?: SessionOptions['guard'],
	): Promise<Session> {
		const { audio, ...parts } = this.#parts;
		const placeholders = (this.#placeholders ??= new PlaceholderTracks(audio));
		const device = await this.#code.for(lobby.routerRtpCapabilities);
		return Session.open({ ...parts, lobby, device, placeholders, path, guard });
	}

	close(): void {
		this.#placeholders?.close();
	}
}
