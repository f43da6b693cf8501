import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { HearingState } from '#shared/media.ts';
import type { Data } from '#shared/protocol.ts';
import type { PeerMedia } from './peerMedia.ts';

/** Somebody who may hear, and whether their signalling is there. */
export type Listener = { peerId: PeerId; media: PeerMedia; connected: boolean };

/**
 * Who receives the microphone of a peer (R62). A microphone that nobody gets has the others in the state in which
 * they would be if it were open.
 *
 * @param silent which microphones are not heard now (R61)
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
