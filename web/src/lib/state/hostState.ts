import type { Author } from '#shared/chat.ts';
import type { PolicyChange } from '#shared/host.ts';
import type { KnockId, PeerId, PersonId } from '#shared/ids.ts';
import type { RequestName, Sent } from '#shared/protocol.ts';
import type { Ask } from '../call/signal.ts';
import type { HostView } from './view.ts';

/** What hosts ask of the server. What comes of it is told to everybody as facts. */
export class HostState implements HostView {
	readonly #ask: () => Ask;

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

	admit(knockId: KnockId): Promise<void> {
		return this.#do('host:admit', { knockId });
	}

	admitAll(): Promise<void> {
		return this.#do('host:admit-all', {});
	}

	decline(knockId: KnockId): Promise<void> {
		return this.#do('host:decline', { knockId });
	}

	endCall(): Promise<void> {
		return this.#do('host:end-call', {});
	}

	async #do<N extends RequestName>(name: N, input: Sent<N>): Promise<void> {
		await this.#ask()(name, input);
	}
}
