import * as v from 'valibot';
import { forEver, lastDate } from './account.ts';
import { matchId, personId, reportId, roomId, type PersonId } from './ids.ts';
import { limits } from './limits.ts';
import { reportReason } from './match.ts';
import { author } from './members.ts';
import { messageBody, saysSomething } from './text.ts';

const time = v.number();

/** An administrator's action on a person, or on a room. `lift` ends a suspension early. */
export const moderationAction = v.picklist(['warn', 'suspend', 'lift', 'dismiss', 'open-room']);
export type ModerationAction = v.InferOutput<typeof moderationAction>;

/** A message of a match that was reported. */
export const reportedLine = v.object({
	by: v.picklist(['reporter', 'reported']),
	body: v.string(),
	sentAt: time,
});
export type ReportedLine = v.InferOutput<typeof reportedLine>;

/** A person's report of a partner to the administrators. */
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
/** A report in an administrator's list. */
export const listedReport = v.object({
	...report.entries,
	/** How many reports about the same person are earlier than this one. */
	earlier: v.number(),
});
export type ListedReport = v.InferOutput<typeof listedReport>;
/** A new report, with the last messages of the match. */
export type ReportWithChat = Report & { chat: ReportedLine[] };

/** The name of a person who gave none: by the beginning of the id, which an administrator's search finds. */
export const guestName = (person: PersonId): string => `Guest ${person.slice(0, 4)}`;

/** An administrator's words to a person: a few sentences. */
export const moderationWords = v.pipe(
	messageBody,
	v.maxLength(limits.reportLength, `Write up to ${limits.reportLength} characters.`),
);

/** The action, and what the person is told of it. */
export const decision = v.variant('action', [
	v.object({
		action: v.literal('warn'),
		words: v.pipe(moderationWords, v.check(saysSomething, 'Say what the warning is for.')),
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
	/** The person concerned; the administrator themself if a room is. */
	personId,
	/** The room concerned; null if a person is. */
	roomId: v.nullable(roomId),
	/** The names of both, if any: administrators by their user names, others by their names in the report. */
	names: v.object({ by: v.nullable(v.string()), about: v.nullable(v.string()) }),
	reportId: v.nullable(reportId),
	words: v.string(),
	/** The end of a suspension. */
	until: v.nullable(time),
});
export type ModerationEntry = v.InferOutput<typeof moderationEntry>;

/** A person in an administrator's search. */
export const foundPerson = v.object({
	personId,
	/** Null for guests. */
	userName: v.nullable(v.string()),
	/** Their last name, if any. */
	name: v.nullable(v.string()),
	lastSeenAt: time,
	/** The end of their suspension; null if they are not suspended. */
	suspendedUntil: v.nullable(time),
});
export type FoundPerson = v.InferOutput<typeof foundPerson>;

/** A warning, which the person sees once, on the next page that they open. */
export const warning = v.object({ warningId: v.number(), words: v.string(), at: time });
export type Warning = v.InferOutput<typeof warning>;
