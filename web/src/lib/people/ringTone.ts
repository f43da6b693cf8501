/** Two soft notes of a ring, a third apart: frequency in hertz, begin and length in seconds. */
const notes = [
	{ frequency: 587.33, from: 0, length: 0.45 },
	{ frequency: 739.99, from: 0.3, length: 0.6 },
] as const;
const loudness = 0.12;
/** From one ring to the next, in ms. */
const pause = 2_800;

/** Rings softly until it is ended. Browsers are silent before the person did something on the page. */
export function playRing(): () => void {
	let context: AudioContext | null = null;
	const ring = (): void => {
		context ??= new AudioContext();
		if (context.state !== 'running') void context.resume();
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
	};
	ring();
	const timer = setInterval(ring, pause);
	return () => {
		clearInterval(timer);
		void context?.close();
	};
}
