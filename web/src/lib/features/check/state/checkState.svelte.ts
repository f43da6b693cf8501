import type { RoomId } from '#shared/roomIds.ts';
import { LocalAudio } from '#lib/features/call/engine/devices/localAudio.ts';
import { ConnectionCheck } from '#lib/features/check/engine/connectionCheck.ts';
import { tryDevice } from '#lib/features/check/engine/deviceCheck.ts';
import {
	nothingFound,
	type CheckName,
	type Findings,
} from '#lib/features/check/engine/findings.ts';

/** The state of the page that checks connection and devices. */
export class CheckState {
	#findings = $state.raw<Findings>(nothingFound);
	readonly #roomId: RoomId | null;
	readonly #audio = new LocalAudio();
	#running: ConnectionCheck | null = null;

	/** @param roomId whose lobby is tried; null for a room of its own. */
	constructor(roomId: RoomId | null) {
		this.#roomId = roomId;
	}

	get findings(): Findings {
		return this.#findings;
	}

	/** Checks the way to the server from the beginning. The findings about devices stay. */
	start(): void {
		this.#running?.close();
		const { microphone, camera, speaker } = this.#findings;
		this.#findings = { ...nothingFound, microphone, camera, speaker };
		const running = new ConnectionCheck(this.#roomId, (name, found) => this.#tell(name, found));
		this.#running = running;
		void running.run();
	}

	async tryDevices(): Promise<void> {
		for (const kind of ['microphone', 'camera'] as const) {
			this.#tell(kind, { kind: 'running' });
			this.#tell(kind, await tryDevice(kind));
		}
	}

	/** Plays a sound. Whether it was heard only the person knows. */
	playSound(): void {
		this.#audio.playTestSound('');
		this.#tell('speaker', { kind: 'running' });
	}

	heard(isHeard: boolean): void {
		this.#tell('speaker', { kind: isHeard ? 'good' : 'bad' });
	}

	close(): void {
		this.#running?.close();
		this.#audio.close();
	}

	#tell<N extends CheckName>(name: N, found: Findings[N]): void {
		this.#findings = { ...this.#findings, [name]: found };
	}
}
