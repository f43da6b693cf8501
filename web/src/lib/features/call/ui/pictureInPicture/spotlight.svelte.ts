import { untrack } from 'svelte';
import { chooseSpot, sameSpot, waitBefore, type Spot } from '#lib/layout/spotlight.ts';
import type { StageState } from '#lib/features/call/state/stageState.svelte.ts';
import type { CallView, PeerView } from '#lib/features/call/state/view.ts';

/** What a window with room for one picture shows, and of which peer. `peer` is null if there is nobody to show. */
export type Spotlit = {
	readonly spot: Spot | null;
	readonly peer: PeerView | null;
	/** Null while there is no picture. */
	readonly picture: MediaStream | null;
};

/**
 * Chooses the picture and follows the call, but does not change at once. To be made while a component is created: it
 * ends with that component.
 */
export class Spotlight {
	readonly #call: CallView;
	#spot: Spot | null = $state.raw(null);
	#since = -Infinity;

	/** @param picturesOnly whether to leave out peers without a picture */
	constructor(call: CallView, stage: StageState, picturesOnly = false) {
		this.#call = call;
		const wanted = $derived.by(() => {
			const videos = call.devices.videoMode !== 'audio';
			const shown = call.peers.filter(({ cameraOn }) => !picturesOnly || (videos && cameraOn));
			return chooseSpot({
				people: shown.map(({ peerId }) => peerId),
				screens: call.peers.filter(({ share }) => videos && share).map(({ peerId }) => peerId),
				pinned: stage.pinned,
				speaker: call.activeSpeaker,
			});
		});
		this.#turnTo(untrack(() => wanted));
		$effect(() => {
			const next = wanted;
			const people = call.peers.map(({ peerId }) => peerId);
			const shown = untrack(() => this.#spot);
			if (sameSpot(shown, next)) return;
			const wait = waitBefore(shown, next, people, performance.now() - this.#since);
			if (wait === 0) return this.#turnTo(next);
			const timer = setTimeout(() => this.#turnTo(next), wait);
			return () => clearTimeout(timer);
		});
	}

	get now(): Spotlit {
		const spot = this.#spot;
		const peer = this.#call.peers.find(({ peerId }) => peerId === spot?.peerId) ?? null;
		const face = peer?.cameraOn ? peer.video : null;
		return { spot, peer, picture: spot?.source === 'screen' ? (peer?.share ?? null) : face };
	}

	#turnTo(spot: Spot | null): void {
		this.#spot = spot;
		this.#since = performance.now();
	}
}
