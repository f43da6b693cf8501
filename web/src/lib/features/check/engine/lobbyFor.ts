import type { Data } from '#shared/protocol.ts';
import type { TransportOptions } from '#shared/rtp.ts';
import type { Way } from './findings.ts';

type Lobby = Data<'lobby:enter'>;

const isRelay = (url: string): boolean => /^turns?:/i.test(url);

/** The lobby changed so that media can take this way only; null if the server offers no relay for it. */
export function lobbyFor(way: Way, lobby: Lobby): Lobby | null {
	const relays = lobby.iceServers.filter(({ urls }) => [urls].flat().some(isRelay));
	if (way === 'turn' && relays.length === 0) return null;
	// A relay sends on over UDP.
	const protocol = way === 'tcp' ? 'tcp' : 'udp';
	const policy = way === 'turn' ? ({ iceTransportPolicy: 'relay' } as const) : {};
	const only = (transport: TransportOptions): TransportOptions => ({
		...transport,
		...policy,
		iceCandidates: transport.iceCandidates.filter((one) => one.protocol === protocol),
	});
	return {
		...lobby,
		iceServers: way === 'turn' ? relays : [],
		sendTransport: only(lobby.sendTransport),
		recvTransport: only(lobby.recvTransport),
	};
}
