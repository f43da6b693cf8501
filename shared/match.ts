import * as v from 'valibot';
import { fact, request } from './define.ts';
import { errorCode } from './errors.ts';
import { matchId, messageId, peerId } from './ids.ts';
import { limits } from './limits.ts';
import { consumerInfo, producerInfo, unavailable } from './media.ts';
import { iceServer, rtpCapabilities, transportOptions } from './rtp.ts';
import { displayName, messageBody, saysSomething } from './text.ts';

/** The rules that people agree to before they meet strangers. Another number asks everybody again. */
export const rulesVersion = 1;

/** How two people meet: those who see each other, and those who write. */
export const matchMode = v.picklist(['video', 'text'], 'must be "video" or "text"');

/** Two who type the same mean the same. */
const interest = v.pipe(
	displayName,
	v.maxLength(
		limits.interestLength,
		`An interest has at most ${limits.interestLength} characters.`,
	),
	v.transform((text) => text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ')),
);
const interests = v.pipe(
	v.array(interest, 'must be a list of words'),
	v.maxLength(limits.interests, `There are at most ${limits.interests} interests.`),
	v.transform((all) => [...new Set(all)]),
);
/** A language by its code of ISO 639, such as `en`. */
const language = v.pipe(
	v.string('must be the code of a language, such as "en"'),
	v.regex(/^[a-z]{2,3}$/, 'must be the code of a language, such as "en"'),
);

/** What somebody would like of the next partner. */
export const matchWish = v.object({
	mode: matchMode,
	interests: v.optional(interests, []),
	/** Null for any. */
	language: v.optional(v.nullable(language), null),
	/** What the partner is told; null for nothing. */
	name: v.optional(v.nullable(displayName), null),
	/** The version of the rules that this person agrees to now, if they have not before. */
	agree: v.optional(v.number('must be the version of the rules')),
});
export type MatchWish = v.InferOutput<typeof matchWish>;

/** Somebody one was brought together with, as much as one is told of them. */
export const matchPartner = v.object({
	name: v.nullable(v.string()),
	/** Interests of both. */
	interests: v.array(v.string()),
	/** The language both chose; null where one of them left it open. */
	language: v.nullable(v.string()),
});
export type MatchPartner = v.InferOutput<typeof matchPartner>;

/** Something said in a match. It is kept nowhere, unless both keep it or one of them reports the other. */
export const matchMessage = v.object({
	messageId,
	mine: v.boolean(),
	body: v.string(),
	/** In ms since 1970. */
	sentAt: v.number(),
});
export type MatchMessage = v.InferOutput<typeof matchMessage>;

/** Why a match is over: the other one took the next, left, or was lost; or oneself did. */
export const matchEnd = v.picklist(['next', 'left', 'lost']);
export type MatchEnd = v.InferOutput<typeof matchEnd>;

/** Why somebody does not wait any more, though they did not say so. */
export const waitEnd = v.picklist(['idle', 'connection', 'suspended']);
export type WaitEnd = v.InferOutput<typeof waitEnd>;

export const reportReason = v.picklist(
	['nudity', 'harassment', 'hate', 'minor', 'spam', 'other'],
	'must be "nudity", "harassment", "hate", "minor", "spam" or "other"',
);
export type ReportReason = v.InferOutput<typeof reportReason>;

/** A text with something in it. */
export const matchText = v.pipe(messageBody, v.check(saysSomething, 'There is nothing to send.'));
export const reportWords = v.pipe(
	messageBody,
	v.maxLength(
		limits.reportLength,
		`A report has at most ${limits.reportLength} characters besides what was written.`,
	),
);

const nothing = v.object({});
/** Which match is meant: the other one may have ended it, and another have begun. */
const ofMatch = { matchId };
/** How large the partner is shown, in device pixels. */
const edge = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.pixels));
const view = v.object({ width: edge, height: edge });
/** How many people wait, oneself among them. */
const waiting = v.number();

export const matchRequests = {
	/** Gets ready; with `media`, transports that all matches to come use. Again starts over. */
	'match:enter': request(
		v.object({ media: v.boolean() }),
		v.object({
			/** Whether this person has agreed to the rules as they are now. */
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
	/** Into the queue; again, with another wish. */
	'match:start': request(
		v.object({
			...matchWish.entries,
			/** What a client that meets by video can receive, and how large it will show it. */
			receive: v.optional(v.object({ rtpCapabilities, view })),
		}),
		v.object({ waiting }),
	),
	/** Ends this match, if it goes on, and waits for the next one. */
	'match:next': request(v.object(ofMatch), v.object({ waiting })),
	/** Out of the match or the queue. The transports stay. */
	'match:stop': request(nothing, nothing),
	/** Gives back what `match:enter` gave. */
	'match:leave': request(nothing, nothing),
	/** Repeating it with the same id is harmless. */
	'match:post': request(
		v.object({ ...ofMatch, messageId, body: matchText }),
		v.object({ message: matchMessage }),
	),
	'match:typing': request(v.object({ ...ofMatch, typing: v.boolean() }), nothing),
	/** Would like to stay in touch, or not after all. Once both would, they are contacts. */
	'match:keep': request(v.object({ ...ofMatch, keep: v.boolean() }), nothing),
	/** Never meets this one again, and goes on to the next. The last partners can be blocked after the end, too. */
	'match:block': request(v.object(ofMatch), nothing),
	/** Tells the administrators, with what was written in the match. The last partners can be reported after the end, too. */
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
	/** To those who wait: how many there are, when that changes. */
	'match:waiting': fact(v.object({ waiting })),
	/** There is a partner; where they see each other, with paused consumers of what they send. */
	'match:found': fact(
		v.object({
			...ofMatch,
			partner: matchPartner,
			peer: v.nullable(v.object({ peerId, producers: v.array(producerInfo) })),
			consumers: v.array(consumerInfo),
			unavailable,
		}),
	),
	/** It is over, by the other one, and one waits for the next. */
	'match:ended': fact(v.object({ ...ofMatch, why: matchEnd, waiting })),
	/** One does not wait any more. */
	'match:stopped': fact(v.object({ why: waitEnd, message: v.string() })),
	/** The other one wrote. */
	'match:posted': fact(v.object({ ...ofMatch, message: matchMessage })),
	'match:typing': fact(v.object({ ...ofMatch, typing: v.boolean() })),
	/** The other one would like to stay in touch, or not any more. */
	'match:keep': fact(v.object({ ...ofMatch, keep: v.boolean() })),
	/** Both would: they are contacts, and what was written is in the chat between them. */
	'match:kept': fact(v.object(ofMatch)),
	/** What `match:enter` gave is gone: enter again. */
	'match:lost': fact(v.object({ code: errorCode, message: v.string() })),
} as const;
