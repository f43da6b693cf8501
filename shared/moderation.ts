import * as v from 'valibot';
import { forEver, lastDate } from './account.ts';
import { matchId, personId, reportId } from './ids.ts';
import { limits } from './limits.ts';
import { reportReason } from './match.ts';
import { author } from './members.ts';
import { messageBody, saysSomething } from './text.ts';

const time = v.number();

/** What an administrator does about somebody. `lift` ends a suspension before its time. */
export const moderationAction = v.picklist(['warn', 'suspend', 'lift', 'dismiss']);
export type ModerationAction = v.InferOutput<typeof moderationAction>;

/** A line of what was written in a match that was reported. */
export const reportedLine = v.object({
	by: v.picklist(['reporter', 'reported']),
	body: v.string(),
	sentAt: time,
});
export type ReportedLine = v.InferOutput<typeof reportedLine>;

/** What somebody told the administrators about a partner. */
export const report = v.object({
	reportId,
	matchId,
	reporter: author,
	reported: author,
	reason: reportReason,
	words: v.string(),
	reportedAt: time,
});
export type Report = v.InferOutput<typeof report>;
/** A report as it is made, with the last of what was written. */
export type ReportWithChat = Report & { chat: ReportedLine[] };

/** Words that an administrator has for somebody: a sentence or some more. */
export const moderationWords = v.pipe(
	messageBody,
	v.maxLength(limits.reportLength, `These are at most ${limits.reportLength} characters.`),
);

/** What is done, and what the person is told of it. */
export const decision = v.variant('action', [
	v.object({
		action: v.literal('warn'),
		words: v.pipe(moderationWords, v.check(saysSomething, 'A warning says what for.')),
	}),
	v.object({
		action: v.literal('suspend'),
		words: moderationWords,
		/** In ms since 1970, up to the year 9999; or `forEver`. */
		until: v.union(
			[v.literal(forEver), v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(lastDate))],
			'must be a time in ms up to the year 9999, or 8640000000000000 for ever',
		),
	}),
	v.object({ action: v.literal('lift'), words: v.optional(moderationWords, '') }),
	v.object({ action: v.literal('dismiss'), words: v.optional(moderationWords, '') }),
]);

export type Decision = v.InferOutput<typeof decision>;

/** An entry of the log of what administrators did. */
export const moderationEntry = v.object({
	entryId: v.number(),
	at: time,
	by: personId,
	action: moderationAction,
	/** About whom. */
	personId,
	/** What both are called, if anything: administrators by their user names, others as they were when they were reported. */
	names: v.object({ by: v.nullable(v.string()), about: v.nullable(v.string()) }),
	reportId: v.nullable(reportId),
	words: v.string(),
	/** Until when, of a suspension. */
	until: v.nullable(time),
});
export type ModerationEntry = v.InferOutput<typeof moderationEntry>;

/** Somebody as administrators find them. */
export const foundPerson = v.object({
	personId,
	/** Null for guests. */
	userName: v.nullable(v.string()),
	/** What they were called last, if anything. */
	name: v.nullable(v.string()),
	lastSeenAt: time,
	/** Until when they are suspended; null if they are not. */
	suspendedUntil: v.nullable(time),
});
export type FoundPerson = v.InferOutput<typeof foundPerson>;

/** What a person is told once, on the next page they open. */
export const warning = v.object({ warningId: v.number(), words: v.string(), at: time });
export type Warning = v.InferOutput<typeof warning>;
