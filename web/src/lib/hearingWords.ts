import type { HearingState } from '#shared/media.ts';
import { nameList } from './nameList.ts';

/** What is known of who hears the person. */
export type Hearing = {
	/** As it is here: what was pressed counts before the server knows. */
	microphone: 'on' | 'off' | 'hostMuted';
	/** What the server says of it; null while it is not reached. */
	server: {
		microphone: 'none' | 'paused' | 'unreached' | 'open';
		peers: readonly { name: string; state: HearingState }[];
	} | null;
};

/** In sentences: who hears the person, and who does not and why. */
export function hearingWords({ microphone, server }: Hearing): string[] {
	if (microphone === 'hostMuted') return ['Nobody hears you: a host muted you.'];
	if (microphone === 'off') return ['Nobody hears you: your microphone is off.'];
	if (!server) return ['The connection is lost: who hears you is not known.'];
	const { peers } = server;
	if (peers.length === 0) return ['Nobody else is here to hear you.'];
	if (server.microphone === 'unreached')
		return ['Nobody hears you: your sound does not reach the server.'];
	// It was turned on, and the server learns of it just now.
	if (server.microphone !== 'open') return ['Your microphone is being turned on.'];
	const named = (state: HearingState) =>
		nameList(peers.filter((peer) => peer.state === state).map(({ name }) => name));
	const [hears, silent, lost, waiting] = [
		...[named('hears'), named('silent'), named('lost'), named('not-ready')],
	];
	const sentences: string[] = [];
	if (hears) sentences.push(`${hears} can hear you.`);
	if (silent) sentences.push(`${silent} will hear you as soon as you speak.`);
	if (lost) sentences.push(`${lost} cannot: the connection is lost.`);
	if (waiting) sentences.push(`${waiting} cannot yet: the sound is not connected.`);
	return sentences;
}
