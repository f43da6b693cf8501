import type { HearingState } from '#shared/media.ts';
import { nameList } from '#lib/language/nameList.ts';

/** What is known about who hears the person. */
export type Hearing = {
	/** The state on this page: a pressed button counts before the server knows. */
	microphone: 'on' | 'off' | 'hostMuted';
	/** The answer of the server; null while the server cannot be reached. */
	server: {
		microphone: 'none' | 'paused' | 'unreached' | 'open';
		peers: readonly { name: string; state: HearingState }[];
	} | null;
};

/** In sentences: who hears the person, and who does not and why. */
export function hearingWords({ microphone, server }: Hearing): string[] {
	if (microphone === 'hostMuted') return ['No one can hear you: a host muted you.'];
	if (microphone === 'off') return ['No one can hear you: your microphone is off.'];
	if (!server) return ["Connection lost: we can't tell who hears you."];
	const { peers } = server;
	if (peers.length === 0) return ["There's no one else here to hear you."];
	if (server.microphone === 'unreached')
		return ["No one can hear you: your audio isn't reaching the server."];
	// The microphone was turned on, and the server does not know it yet.
	if (server.microphone !== 'open') return ['Turning on your microphone…'];
	const named = (state: HearingState) =>
		nameList(peers.filter((peer) => peer.state === state).map(({ name }) => name));
	const [hears, silent, lost, waiting] = [
		...[named('hears'), named('silent'), named('lost'), named('not-ready')],
	];
	const sentences: string[] = [];
	if (hears) sentences.push(`${hears} can hear you.`);
	if (silent) sentences.push(`${silent} will hear you when you speak.`);
	if (lost) sentences.push(`${lost} can't hear you: the connection was lost.`);
	if (waiting) sentences.push(`${waiting} can't hear you yet: audio is still connecting.`);
	return sentences;
}
