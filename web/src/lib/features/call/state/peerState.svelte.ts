import type { PeerId, PersonId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { RemotePeer } from '../engine/model.ts';
import type { PeerView } from './view.ts';

/** Another person in the room. Each property is followed by itself, so that one tile redraws alone. */
export class PeerState implements PeerView {
	readonly peerId: PeerId;
	readonly personId: PersonId;
	#name = $state('');
	#role = $state<Role>('member');
	#label = $state<string | undefined>();
	#hand = $state<number | null>(null);
	#hostMuted = $state(false);
	#connected = $state(true);
	#microphoneOn = $state(false);
	#cameraOn = $state(false);
	#speaking = $state(false);
	#video = $state.raw<MediaStream | null>(null);
	#audio = $state.raw<MediaStream | null>(null);
	#share = $state.raw<MediaStream | null>(null);
	#shareAudio = $state.raw<MediaStream | null>(null);

	constructor(peer: RemotePeer) {
		this.peerId = peer.peerId;
		this.personId = peer.personId;
		this.update(peer);
	}

	get name(): string {
		return this.#name;
	}
	get role(): Role {
		return this.#role;
	}
	get label(): string | undefined {
		return this.#label;
	}
	get hand(): number | null {
		return this.#hand;
	}
	get hostMuted(): boolean {
		return this.#hostMuted;
	}
	get connected(): boolean {
		return this.#connected;
	}
	get microphoneOn(): boolean {
		return this.#microphoneOn;
	}
	get cameraOn(): boolean {
		return this.#cameraOn;
	}
	get speaking(): boolean {
		return this.#speaking;
	}
	get video(): MediaStream | null {
		return this.#video;
	}
	get audio(): MediaStream | null {
		return this.#audio;
	}
	get share(): MediaStream | null {
		return this.#share;
	}
	get shareAudio(): MediaStream | null {
		return this.#shareAudio;
	}

	setSpeaking(speaking: boolean): void {
		this.#speaking = speaking;
	}

	update(peer: RemotePeer): void {
		this.#name = peer.name;
		this.#role = peer.role;
		this.#label = peer.label;
		this.#hand = peer.hand;
		this.#hostMuted = peer.hostMuted;
		this.#connected = peer.connected;
		this.#microphoneOn = peer.microphoneOn;
		this.#cameraOn = peer.cameraOn;
		this.#video = peer.video;
		this.#audio = peer.audio;
		this.#share = peer.share;
		this.#shareAudio = peer.shareAudio;
	}
}
