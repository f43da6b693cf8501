import * as v from 'valibot';
import { fact, request } from './define.ts';
import { errorCode } from './errors.ts';
import { matchId, messageId, peerId } from './ids.ts';
import { limits } from './limits.ts';
import { consumerInfo, producerInfo, unavailable } from './media.ts';
import { iceServer, rtpCapabilities, transportOptions } from './rtp.ts';
import { displayName, messageBody, saysSomething } from './text.ts';

/** The rules that people agree to before they meet strangers. With another number everybody is asked again. */
export const rulesVersion = 1;

/** How two people meet: by video, or in text. */
export const matchMode = v.picklist(['video', 'text'], 'must be "video" or "text"');

/** Normalised, so that different spellings of an interest match. */
const interest = v.pipe(
	displayName,
	v.maxLength(
		limits.interestLength,
		`Interests can have up to ${limits.interestLength} characters.`,
	),
	v.transform((text) => text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ')),
);
const interests = v.pipe(
	v.array(interest, 'must be a list of words'),
	v.maxLength(limits.interests, `Choose up to ${limits.interests} interests.`),
	v.transform((all) => [...new Set(all)]),
);
/** A language by its code of ISO 639, such as `en`. */
const language = v.pipe(
	v.string('must be the code of a language, such as "en"'),
	v.regex(/^[a-z]{2,3}$/, 'must be the code of a language, such as "en"'),
);

/** A person's wish for the next partner. */
export const matchWish = v.object({
	mode: matchMode,
	interests: v.optional(interests, []),
	/** Null for any language. */
	language: v.optional(v.nullable(language), null),
	/** The name that the partner is told; null for none. */
	name: v.optional(v.nullable(displayName), null),
	/** The version of the rules that this person agrees to now, if they have not agreed before. */
	agree: v.optional(v.number('must be the version of the rules')),
});
export type MatchWish = v.InferOutput<typeof matchWish>;

/** A partner, as the other person is told of them. */
export const matchPartner = v.object({
	name: v.nullable(v.string()),
	/** Interests that both share. */
	interests: v.array(v.string()),
	/** The language that both chose; null if one of them left it open. */
	language: v.nullable(v.string()),
});
export type MatchPartner = v.InferOutput<typeof matchPartner>;

/** A message of a match. It is not stored, unless both keep the match or one of them reports the other. */
export const matchMessage = v.object({
	messageId,
	mine: v.boolean(),
	body: v.string(),
	/** In ms since 1970. */
	sentAt: v.number(),
});
export type MatchMessage = v.InferOutput<typeof matchMessage>;

/** Why a match is over: one of the two took the next partner, left, or was lost. */
export const matchEnd = v.picklist(['next', 'left', 'lost']);
export type MatchEnd = v.InferOutput<typeof matchEnd>;

/** Why a person no longer waits, though they did not ask for that. */
export const waitEnd = v.picklist(['idle', 'connection', 'suspended']);
export type WaitEnd = v.InferOutput<typeof waitEnd>;

export const reportReason = v.picklist(
	['nudity', 'harassment', 'hate', 'minor', 'spam', 'other'],
	'must be "nudity", "harassment", "hate", "minor", "spam" or "other"',
);
export type ReportReason = v.InferOutput<typeof reportReason>;

/** A text that is not empty. */
export const matchText = v.pipe(messageBody, v.check(saysSomething, 'Write a message first.'));
export const reportWords = v.pipe(
	messageBody,
	v.maxLength(limits.reportLength, `Reports can have up to ${limits.reportLength} characters.`),
);

const nothing = v.object({});
/** The match that is meant: the current one may already be another. */
const ofMatch = { matchId };
/** How large the partner is shown, in device pixels. */
const edge = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.pixels));
const view = v.object({ width: edge, height: edge });
/** How many people wait, including this person. */
const waiting = v.number();

export const matchRequests = {
	/** Prepares matching; with `media`, with transports for all later matches. Repeating it starts over. */
	'match:enter': request(
		v.object({ media: v.boolean() }),
		v.object({
			/** Whether this person has agreed to the current version of the rules. */
			agreed: v.boolean(),
			waiting,
			media: v.nullable(
				v.object({
					routerRtpCapabilities: rtpCapabilities,
					iceServers: v.array(iceServer),
					sendTransport: transportOptions,
					recvTransport: transportOptions,
				}),
			),
		}),
	),
	/** Enters the queue. Repeating it changes the wish. */
	'match:start': request(
		v.object({
			...matchWish.entries,
			/** What a client that meets by video can receive, and how large it shows the partner. */
			receive: v.optional(v.object({ rtpCapabilities, view })),
		}),
		v.object({ waiting }),
	),
	/** Ends this match, if it still runs, and waits for the next one. */
	'match:next': request(v.object(ofMatch), v.object({ waiting })),
	/** Leaves the match or the queue. The transports stay. */
	'match:stop': request(nothing, nothing),
	/** Gives up everything that `match:enter` gave. */
	'match:leave': request(nothing, nothing),
	/** Repeating it with the same id is harmless. */
	'match:post': request(
		v.object({ ...ofMatch, messageId, body: matchText }),
		v.object({ message: matchMessage }),
	),
	'match:typing': request(v.object({ ...ofMatch, typing: v.boolean() }), nothing),
	/** Wants to stay in touch, or no longer does. Once both want it, they are contacts. */
	'match:keep': request(v.object({ ...ofMatch, keep: v.boolean() }), nothing),
	/** Blocks the partner and goes on to the next one. Recent partners can be blocked after the match, too. */
	'match:block': request(v.object(ofMatch), nothing),
	/**
	 * Reports the partner to the administrators, with the messages of the match. Recent partners can be reported after
	 * the match, too.
	 */
	'match:report': request(
		v.object({
			...ofMatch,
			reason: reportReason,
			words: v.optional(reportWords, ''),
			block: v.boolean(),
		}),
		nothing,
	),
} as const;

export const matchFacts = {
	/** To waiting people: how many people wait, when that changes. */
	'match:waiting': fact(v.object({ waiting })),
	/** A partner was found. By video, it lists paused consumers of the partner's media. */
	'match:found': fact(
		v.object({
			...ofMatch,
			partner: matchPartner,
			peer: v.nullable(v.object({ peerId, producers: v.array(producerInfo) })),
			consumers: v.array(consumerInfo),
			unavailable,
		}),
	),
	/** The partner ended the match. The client waits for the next partner. */
	'match:ended': fact(v.object({ ...ofMatch, why: matchEnd, waiting })),
	/** The client no longer waits. */
	'match:stopped': fact(v.object({ why: waitEnd, message: v.string() })),
	/** The partner sent a message. */
	'match:posted': fact(v.object({ ...ofMatch, message: matchMessage })),
	'match:typing': fact(v.object({ ...ofMatch, typing: v.boolean() })),
	/** The partner wants to stay in touch, or no longer does. */
	'match:keep': fact(v.object({ ...ofMatch, keep: v.boolean() })),
	/** Both want to stay in touch: they are contacts, and the messages are in the chat of the two. */
	'match:kept': fact(v.object(ofMatch)),
	/** Everything that `match:enter` gave is lost: enter again. */
	'match:lost': fact(v.object({ code: errorCode, message: v.string() })),
} as const;
