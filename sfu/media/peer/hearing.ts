import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { HearingState } from '#shared/media.ts';
import type { Data } from '#shared/protocol.ts';
import type { PeerMedia } from './peerMedia.ts';

/** A peer that may hear, and whether its signalling is connected. */
export type Listener = { peerId: PeerId; media: PeerMedia; connected: boolean };

/**
 * Who receives the microphone of a peer (ROOM-12). If it is muted or missing, the others have the state in which
 * they would be if it were open.
 *
 * @param silent which microphones are not heard now (ROOM-11)
 */
export function hearingOf(
	own: PeerMedia,
	others: readonly Listener[],
	silent: ReadonlySet<ProducerId>,
): Data<'media:hearing'> {
	const info = own.producers.infos.find(({ source }) => source === 'microphone');
	const stateOf = ({ media, connected }: Listener): HearingState => {
		if (!connected) return 'lost';
		if (!info || !media.isOpen('recv') || !media.consumers.isReadyFor(info.producerId))
			return 'not-ready';
		return silent.has(info.producerId) ? 'silent' : 'hears';
	};
	const microphone = () => {
		if (!info) return 'none';
		if (info.paused) return 'paused';
		return own.isOpen('send') ? 'open' : 'unreached';
	};
	const peers = others.map((other) => ({ peerId: other.peerId, state: stateOf(other) }));
	return { microphone: microphone(), peers };
}
