import type { MediaKind } from '#shared/rtp.ts';
import type { Flow } from './wants.ts';

/** Everything that decides whether a consumer flows, and how. */
export type ConsumerState = {
	kind: MediaKind;
	/** How its viewer wants it. */
	wanted: Pick<Flow, 'visible' | 'layer' | 'priority'>;
	/** Whether the viewer's client has built its end and resumed the consumer (MEDIA-7). */
	resumed: boolean;
	/** Whether it is of the viewer's own producer, which is allowed in the lobby (LOBBY-2). */
	loopback: boolean;
	/** Whether the viewer has joined, or meets strangers: before, nothing of others flows to it (MEDIA-12). */
	joined: boolean;
	/** Whether its viewer does not see the owner yet (MEDIA-13, MATCH-6). */
	preSubscribed: boolean;
	/** Whether it is a microphone that is not heard now (ROOM-11). */
	silent: boolean;
	/** Whether it is a picture in several sizes of which none was forwarded yet (MEDIA-14). */
	begins: boolean;
};

/** What the engine has to do with a consumer; null if it does not matter now. */
export type Forwarding = { flows: boolean; layer: number | null; priority: number | null };

/**
 * Decides whether a consumer flows, and how. Of a picture in several sizes the smallest comes first: a larger one may have to
 * be encoded anew for this, and while the engine waits for it, it forwards nothing else.
 */
export function forwardingOf(state: ConsumerState): Forwarding {
	const { kind, wanted, resumed, loopback, joined, preSubscribed, silent, begins } = state;
	const isAllowed = loopback || (joined && !preSubscribed && !silent);
	const flows = resumed && wanted.visible && isAllowed;
	if (kind === 'audio' || !wanted.visible) return { flows, layer: null, priority: null };
	return { flows, layer: resumed && begins ? 0 : wanted.layer, priority: wanted.priority };
}
