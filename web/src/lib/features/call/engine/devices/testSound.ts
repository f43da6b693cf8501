import { ifPossible } from '#lib/browser/ifPossible.ts';

/** Two soft notes, a fifth apart: frequency in hertz, begin and length in seconds. */
const notes = [
	{ frequency: 523.25, from: 0, length: 0.5 },
	{ frequency: 783.99, from: 0.25, length: 0.7 },
] as const;
const loudness = 0.2;

/**
 * Plays the notes on a speaker; the empty id is the browser's own choice. It goes through an element,
 * because more browsers let elements choose a speaker than audio graphs.
 *
 * @returns what ends it early; after the last note it ends by itself.
 */
export function playNotes(context: AudioContext, speakerId: string): () => void {
	const out = context.createMediaStreamDestination();
	const element = new Audio();
	element.srcObject = out.stream;
	let last: OscillatorNode | undefined;
	const end = (): void => {
		element.srcObject = null;
		for (const track of out.stream.getTracks()) track.stop();
		ifPossible(() => out.disconnect());
	};
	const play = async (): Promise<void> => {
		// If the speaker is gone, the notes play on another.
		if (speakerId !== '') await element.setSinkId(speakerId).catch(() => undefined);
		await Promise.all([context.resume(), element.play()]);
		const now = context.currentTime + 0.05;
		for (const { frequency, from, length } of notes) {
			last = new OscillatorNode(context, { frequency });
			const volume = new GainNode(context, { gain: 0 });
			volume.gain.setValueAtTime(0, now + from);
			volume.gain.linearRampToValueAtTime(loudness, now + from + 0.02);
			volume.gain.exponentialRampToValueAtTime(0.001, now + from + length);
			last.connect(volume).connect(out);
			last.start(now + from);
			last.stop(now + from + length);
		}
		if (last) last.onended = end;
	};
	play().catch(end);
	return end;
}
