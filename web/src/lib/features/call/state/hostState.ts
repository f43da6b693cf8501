import { CodedError } from '#shared/errors.ts';
import type { Author } from '#shared/chat.ts';
import type { PolicyChange } from '#shared/host.ts';
import type { KnockId, PeerId, PersonId, RoomId } from '#shared/ids.ts';
import type { RequestName, Sent } from '#shared/protocol.ts';
import type { Ask } from '#lib/connection/signalClient.ts';
import type { HostView } from './view.ts';

/** The requests of hosts. Their effects come to everybody as facts. */
export class HostState implements HostView {
	readonly #ask: () => Ask;
	ended = false;

	constructor(ask: () => Ask) {
		this.#ask = ask;
	}

	changePolicy(change: PolicyChange): Promise<void> {
		return this.#do('host:policy', change);
	}

	mute(peerId: PeerId, muted: boolean): Promise<void> {
		return this.#do('host:mute', { peerId, muted });
	}

	muteAll(): Promise<void> {
		return this.#do('host:mute-all', {});
	}

	stopCamera(peerId: PeerId): Promise<void> {
		return this.#do('host:stop-camera', { peerId });
	}

	stopShare(peerId: PeerId): Promise<void> {
		return this.#do('host:stop-share', { peerId });
	}

	lowerHand(peerId: PeerId): Promise<void> {
		return this.#do('host:lower-hand', { peerId });
	}

	remove(personId: PersonId): Promise<void> {
		return this.#do('host:remove', { personId });
	}

	async removed(): Promise<readonly Author[]> {
		return (await this.#ask()('host:removed', {})).people;
	}

	allow(personId: PersonId): Promise<void> {
		return this.#do('host:allow', { personId });
	}

	setHost(personId: PersonId, host: boolean): Promise<void> {
		return this.#do('host:name', { personId, host });
	}

	handOver(personId: PersonId): Promise<void> {
		return this.#do('host:hand-over', { personId });
	}

	makeWait(personId: PersonId): Promise<void> {
		return this.#do('host:make-wait', { personId });
	}

	setLabel(personId: PersonId, label: string | null): Promise<void> {
		return this.#do('host:label', { personId, label });
	}

	nameRoom(roomId: RoomId, name: string | null): Promise<void> {
		return this.#do('room:name', { roomId, name });
	}

	admit(knockId: KnockId): Promise<void> {
		return this.#do('host:admit', { knockId });
	}

	admitAll(): Promise<void> {
		return this.#do('host:admit-all', {});
	}

	decline(knockId: KnockId): Promise<void> {
		return this.#do('host:decline', { knockId });
	}

	async endCall(): Promise<void> {
		this.ended = true;
		try {
			await this.#do('host:end-call', {});
		} catch (error) {
			// A person who ends a call has left it by the time of the answer.
			if (error instanceof CodedError && error.code === 'NOT_ALLOWED') this.ended = false;
			throw error;
		}
	}

	async #do<N extends RequestName>(name: N, input: Sent<N>): Promise<void> {
		await this.#ask()(name, input);
	}
}
