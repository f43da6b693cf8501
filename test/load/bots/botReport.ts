import * as v from 'valibot';

/** Times in ms, as they were measured. */
const times = v.array(v.number());
const count = v.pipe(v.number(), v.minValue(0));

/** What one bot did and met with, as its process tells it at the end. */
export const botReport = v.object({
	/** When it wanted to join first, and when it was inside, in ms since 1970; null if it never was. */
	joinedFrom: v.nullable(v.number()),
	joinedAt: v.nullable(v.number()),
	/** How long each step took, once for each time that the bot took it. */
	steps: v.record(v.string(), times),
	/** From each request to its answer. */
	requests: v.record(v.string(), times),
	failures: v.array(
		v.object({ what: v.string(), code: v.string(), message: v.string(), count: count }),
	),
	/** Of how many others it expected sound and pictures at the end, and from how many it had any. */
	others: v.object({ sound: count, heard: count, pictures: count, seen: count }),
	/** What it received while the load was on. */
	received: v.object({
		/** For how long it was looked at, in s. */
		seconds: count,
		bytes: count,
		packets: count,
		lost: count,
		frames: count,
		freezes: count,
		/** Samples of sound that were played, and those of them that were made up because nothing had come; how often that began. */
		samples: count,
		concealed: count,
		gaps: count,
	}),
	/** Bit/s of each stream that lasted. */
	bitrates: v.object({ audio: v.array(v.number()), video: v.array(v.number()) }),
	/** From the moment that is written in a picture until it was decoded. */
	pictureDelays: times,
	chat: v.object({ posted: count, delivered: count, delays: times }),
});
export type BotReport = v.InferOutput<typeof botReport>;
