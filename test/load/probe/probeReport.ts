import * as v from 'valibot';

const times = v.array(v.number());
const count = v.pipe(v.number(), v.minValue(0));

/** What a browser saw and heard of the bots in its room while the load was on. */
export const probeReport = v.object({
	/** Why it measured nothing, or ended early; null if it did not. */
	failure: v.nullable(v.string()),
	/** Streams of pictures that it read the time of, and for how long they were watched, all together, in s. */
	streams: count,
	watched: count,
	/** From the camera of a bot to the screen, in ms, of each picture that was shown and could be read. */
	pictureDelays: times,
	/** How long each freeze lasted, in ms. */
	freezes: times,
	/** Voices at most at a time, and for how long they were listened to, all together, in s. */
	voices: count,
	listened: count,
	/** From the microphone of a bot to the speaker, in ms below 1000, of each beep. */
	soundDelays: times,
	/** How long sound was missing each time, in ms. */
	gaps: times,
});
export type ProbeReport = v.InferOutput<typeof probeReport>;
