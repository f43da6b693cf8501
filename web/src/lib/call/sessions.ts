import { DeviceCode } from './deviceCode.ts';
import type { LocalAudio } from './localAudio.ts';
import { Session, type SessionOptions } from './session.ts';
import { Silence } from './silence.ts';

type Parts = Pick<SessionOptions, 'ask' | 'receiving' | 'silenced' | 'broken'> & {
	audio: LocalAudio;
};

/** Makes the sessions of a call, one for each stay on the server, of what they have in common. */
export class Sessions {
	readonly #parts: Parts;
	readonly #code = new DeviceCode();
	#silence: Silence | null = null;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** Fetches what is needed, so that the first one can be made at once. Never rejects. */
	preload(): void {
		// Whoever needs it asks for it again, and is told then.
		this.#code.preload().catch(() => undefined);
	}

	/** @param path as of the session. */
	async open(lobby: SessionOptions['lobby'], path: SessionOptions['path']): Promise<Session> {
		const { audio, ...parts } = this.#parts;
		const silence = (this.#silence ??= new Silence(audio));
		const device = await this.#code.for(lobby.routerRtpCapabilities);
		return Session.open({ ...parts, lobby, device, silence, path });
	}

	close(): void {
		this.#silence?.close();
	}
}
