import { ifPossible } from '#lib/browser/ifPossible.ts';

/** Two soft notes of a ring, a third apart: frequency in hertz, begin and length in seconds. */
const notes = [
	{ frequency: 587.33, from: 0, length: 0.45 },
	{ frequency: 739.99, from: 0.3, length: 0.6 },
] as const;
const loudness = 0.12;
/** From one ring to the next, in ms. */
const pause = 2_800;

/** Some browsers let a graph of sounds choose its speaker. */
type Graph = AudioContext & { setSinkId?(speakerId: string): Promise<void> };

function play(context: AudioContext): void {
	const now = context.currentTime + 0.05;
	for (const { frequency, from, length } of notes) {
		const note = new OscillatorNode(context, { frequency });
		const volume = new GainNode(context, { gain: 0 });
		volume.gain.setValueAtTime(0, now + from);
		volume.gain.linearRampToValueAtTime(loudness, now + from + 0.03);
		volume.gain.exponentialRampToValueAtTime(0.001, now + from + length);
		note.connect(volume).connect(context.destination);
		note.start(now + from);
		note.stop(now + from + length);
	}
}

/**
 * Runs the task in one tab at a time, so that one of several ringing tabs is heard. Pages without TLS have no such
 * locks.
 */
async function inTurn(task: () => Promise<void>): Promise<void> {
	if ('locks' in navigator) await navigator.locks.request('parley:ring', task);
	else await task();
}

/**
 * Rings softly until it is ended. Browsers are silent before the person did something on the page; then it begins with the
 * next ring, and another tab that may be heard rings meanwhile. Where the browser has no sound, the ring is seen only.
 *
 * @param speakerId the chosen speaker; null for the browser's own choice.
 */
export function playRing(speakerId: string | null): () => void {
	return ifPossible(() => begin(speakerId)) ?? (() => undefined);
}

function begin(speakerId: string | null): () => void {
	const context: Graph = new AudioContext();
	// Where the chosen speaker is not there, it rings on another.
	if (speakerId !== null) context.setSinkId?.(speakerId).catch(() => undefined);
	const over = Promise.withResolvers<void>();
	let asked = false;
	let heard = false;

	function ring(): void {
		if (asked || context.state !== 'running') return;
		asked = true;
		void inTurn(async () => {
			if (context.state === 'closed') return;
			heard = true;
			play(context);
			await over.promise;
		});
	}

	context.addEventListener('statechange', ring);
	ring();
	const timer = setInterval(() => {
		if (heard) play(context);
		else if (context.state === 'suspended') void context.resume();
	}, pause);
	return () => {
		clearInterval(timer);
		void context.close();
		over.resolve();
	};
}
