import { untrack } from 'svelte';
import { chooseSpot, sameSpot, waitBefore, type Spot } from '#lib/layout/spotlight.ts';
import type { StageState } from '#lib/features/call/state/stageState.svelte.ts';
import type { CallView, PeerView } from '#lib/features/call/state/view.ts';

/** What a window with room for one picture shows, and of whom. `peer` is null where nobody else is there. */
export type Spotlit = {
	readonly spot: Spot | null;
	readonly peer: PeerView | null;
	/** Null where there is no picture now. */
	readonly picture: MediaStream | null;
};

/** Follows the call, without haste. To be made while a component is, with which it ends. */
export class Spotlight {
	readonly #call: CallView;
	#spot: Spot | null = $state.raw(null);
	#since = -Infinity;

	/** @param picturesOnly whether those without a picture are passed over */
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
