import * as v from 'valibot';
import { fact, request } from './define.ts';
import { errorCode } from './errors.ts';
import { fileId, messageId, personId, roomId } from './ids.ts';
import { limits } from './limits.ts';
import { author, chatMember } from './members.ts';
import { retention, systemEvent } from './systemEvent.ts';
import { moment } from './moment.ts';
import { bodyInRoom, nameInRoom, orSealedBody } from './sealed.ts';
import { messageBody, saysSomething } from './text.ts';

export type { Author, ChatMember } from './members.ts';
export type { Retention, SystemEvent } from './systemEvent.ts';

const time = v.number();
const sequence = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/**
 * Which chat: the room's own or, with `with`, the chat of the person and another person in the room. In facts `with` is
 * the other person from the receiver's view.
 */
export const chatAddress = v.object({ roomId, with: v.optional(personId) });
export type ChatAddress = v.InferOutput<typeof chatAddress>;

/** A file of a message. Its type is found in its content, not claimed by its sender. */
export const fileInfo = v.object({
	fileId,
	name: v.string(),
	/** The media type found in the content; `application/octet-stream` if none was found. */
	type: v.string(),
	/** In bytes. */
	size: v.number(),
	/** The size in pixels of a picture that browsers can show; null for all other files. */
	picture: v.nullable(v.object({ width: v.number(), height: v.number() })),
});
export type FileInfo = v.InferOutput<typeof fileInfo>;

const content = v.variant('kind', [
	v.object({
		kind: v.literal('text'),
		body: v.string(),
		mentions: v.array(personId),
		files: v.array(fileInfo),
		/** When it was last edited; null if never. */
		editedAt: v.nullable(time),
	}),
	/** What remains of a message that its author or a host deleted. */
	v.object({
		kind: v.literal('deleted'),
		/** Whether a host deleted the message of another person. */
		byHost: v.optional(v.literal(true)),
	}),
	v.object({ kind: v.literal('system'), system: systemEvent }),
]);

/** The part of a message that is shown where another message replies to it. */
export const quote = v.object({
	messageId,
	seq: sequence,
	author,
	/** The beginning of its text; empty if it was deleted or has files only. */
	excerpt: v.string(),
});
export type Quote = v.InferOutput<typeof quote>;

/** A proposed correction of a message's text. Each person's last proposal counts. */
export const correction = v.object({
	author,
	body: v.string(),
	proposedAt: time,
	/** The text that it was proposed for, once the message has another one (CHAT-7). */
	original: v.optional(v.string()),
});
export type Correction = v.InferOutput<typeof correction>;

export const message = v.object({
	messageId,
	/** Its place in the chat: 1, 2, 3 … without gaps, the same for all members. */
	seq: sequence,
	/** The chat's revision at the last change to this message. It grows with each change to any message of the chat. */
	revision: sequence,
	sentAt: time,
	author,
	content,
	replyTo: v.nullable(quote),
	/** In the order in which they were first given. */
	reactions: v.array(v.object({ emoji: v.string(), people: v.array(personId) })),
	corrections: v.array(correction),
});
export type Message = v.InferOutput<typeof message>;

/** The extent of a chat. Messages run from `first` to `last`; an empty chat has `first` above `last`. */
export const chatBounds = v.object({ first: sequence, last: sequence, revision: sequence });
export type ChatBounds = v.InferOutput<typeof chatBounds>;

/** One of the chats that a person has in a room. */
export const chatSummary = v.object({
	with: v.nullable(personId),
	...chatBounds.entries,
	/** The last message this person has read. */
	read: sequence,
	/** How many messages of others come after that. */
	unread: v.number(),
	/** Whether one of those mentions this person. */
	mentioned: v.boolean(),
});
export type ChatSummary = v.InferOutput<typeof chatSummary>;

/** Where a page of messages begins or ends. */
export const pageFrom = v.variant('kind', [
	v.object({ kind: v.literal('latest') }),
	v.object({ kind: v.literal('before'), seq: sequence }),
	v.object({ kind: v.literal('after'), seq: sequence }),
	v.object({ kind: v.literal('around'), seq: sequence }),
	/** The first messages from this moment on. */
	v.object({ kind: v.literal('since'), at: moment }),
]);
export type PageFrom = v.InferOutput<typeof pageFrom>;

const pageLimit = v.optional(
	v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.page)),
	50,
);

/** One emoji: a single visible character, and no letters. */
export const reaction = v.pipe(
	v.string(),
	v.maxLength(limits.reactionLength),
	v.check(
		(text) => /^(?:\p{RGI_Emoji}|\p{Emoji}\uFE0F?)$/v.test(text) && !/^[#*\d]$/.test(text),
		'A reaction must be one emoji.',
	),
);

const mentions = v.optional(v.pipe(v.array(personId), v.maxLength(limits.mentions)), []);
const spoken = v.pipe(messageBody, v.check(saysSomething, 'Write a message first.'));

/** The content of a new message. */
export const draft = v.pipe(
	v.object({
		body: v.optional(bodyInRoom, ''),
		replyTo: v.optional(v.nullable(messageId), null),
		mentions,
		/** Uploaded before, by the same person, for this chat. */
		files: v.optional(v.pipe(v.array(fileId), v.maxLength(limits.filesPerMessage)), []),
	}),
	v.check(({ body, files }) => files.length > 0 || saysSomething(body), 'Write a message first.'),
);

/** The new content of an edited message. */
export const revisedDraft = v.object({
	body: /*@__PURE__*/ orSealedBody(spoken, limits.messageLength),
	mentions,
});

export const searchQuery = v.pipe(
	v.string(),
	v.trim(),
	v.minLength(1, 'Enter something to search for.'),
	v.maxLength(limits.queryLength),
);

const correctedBody = /*@__PURE__*/ orSealedBody(
	v.pipe(
		spoken,
		v.maxLength(
			limits.correctionLength,
			() =>
				`Corrections can have up to ${limits.correctionLength} characters. Write a reply instead.`,
		),
	),
	limits.correctionLength,
);

const changed = v.object({ message });

/** A change of an existing message. */
export const messageChange = v.variant('kind', [
	v.object({
		kind: v.literal('text'),
		body: v.string(),
		mentions: v.array(personId),
		editedAt: time,
	}),
	v.object({ kind: v.literal('reaction'), emoji: v.string(), personId, on: v.boolean() }),
	/** A person's correction, which replaces their earlier one; null removes it. */
	v.object({
		kind: v.literal('correction'),
		author,
		body: v.nullable(v.string()),
		proposedAt: time,
	}),
]);
export type MessageChange = v.InferOutput<typeof messageChange>;

/** How fast a person may post in the room's own chat. */
export const pace = v.object({
	/** The room's slow mode (`RoomPolicy`), which does not bind hosts. */
	slowMode: v.number(),
	/** In how many ms the person may post the next message. */
	wait: v.number(),
});
export type Pace = v.InferOutput<typeof pace>;

export const chatRequests = {
	/** The person's chats in a room. From now on the socket is told what happens in them. Repeating it is harmless. */
	'chat:open': request(
		v.object({
			roomId,
			/** Whether changes are told by `chat:revised` instead of whole messages. */
			parts: v.optional(v.boolean(), false),
		}),
		v.object({
			you: chatMember,
			members: v.array(chatMember),
			/** The room's own first, then those with one other person. */
			chats: v.array(chatSummary),
			retention,
			/** The room's name; null until a host names it. */
			name: v.nullable(v.string()),
			pace,
		}),
	),
	/** Becomes a member of the room without a call. */
	'chat:enter': request(v.object({ roomId, name: nameInRoom }), v.object({ you: chatMember })),
	/** Ends the facts about this room's chats to this socket. */
	'chat:close': request(v.object({ roomId }), v.object({})),
	'chat:page': request(
		v.object({ chat: chatAddress, from: pageFrom, limit: pageLimit }),
		/** In the order of the chat. */
		v.object({ ...chatBounds.entries, messages: v.array(message) }),
	),
	/** Messages that were written or changed after a revision, in the order of the changes. */
	'chat:changes': request(
		v.object({ chat: chatAddress, revision: sequence, limit: pageLimit }),
		v.object({ ...chatBounds.entries, messages: v.array(message), more: v.boolean() }),
	),
	'chat:post': request(v.object({ chat: chatAddress, messageId, draft }), changed),
	'chat:edit': request(v.object({ chat: chatAddress, messageId, draft: revisedDraft }), changed),
	/** One's own message; hosts delete any message of the room's own chat. */
	'chat:delete': request(v.object({ chat: chatAddress, messageId }), changed),
	'chat:react': request(
		v.object({ chat: chatAddress, messageId, emoji: reaction, on: v.boolean() }),
		changed,
	),
	/** Proposes a correction of another person's message; null removes the proposal. */
	'chat:correct': request(
		v.object({ chat: chatAddress, messageId, body: v.nullable(correctedBody) }),
		changed,
	),
	'chat:typing': request(v.object({ chat: chatAddress, typing: v.boolean() }), v.object({})),
	/** Moves the read position to this message, never back. */
	'chat:read': request(
		v.object({ chat: chatAddress, seq: sequence }),
		v.object({ chat: chatSummary }),
	),
	/** Newest first; `before` continues after the last one found. */
	'chat:search': request(
		v.object({
			chat: chatAddress,
			query: searchQuery,
			before: v.optional(sequence),
			limit: pageLimit,
		}),
		v.object({ messages: v.array(message), more: v.boolean() }),
	),
	/** Hosts decide how long the room keeps its chat. */
	'chat:retain': request(v.object({ roomId, retention }), v.object({ retention })),
} as const;

export const chatFacts = {
	/** In the order of the chat. The author is told as well. */
	'chat:posted': fact(v.object({ chat: chatAddress, messages: v.array(message) })),
	/** Edited, deleted, reacted to, corrected. */
	'chat:changed': fact(v.object({ chat: chatAddress, message })),
	/** A change of a message. A client that does not know all revisions before it asks for `chat:changes`. */
	'chat:revised': fact(
		v.object({
			chat: chatAddress,
			messageId,
			seq: sequence,
			revision: sequence,
			change: messageChange,
		}),
	),
	'chat:typing': fact(v.object({ chat: chatAddress, author, typing: v.boolean() })),
	/** To the other tabs of the person. */
	'chat:read': fact(v.object({ roomId, chat: chatSummary })),
	/** A person became a member, or a member's name, role or label changed. */
	'chat:member': fact(v.object({ roomId, member: chatMember })),
	/** A person is no longer a member. */
	'chat:member-removed': fact(v.object({ roomId, personId })),
	/** This socket is told nothing more of the room's chats, because its person may not read them any more. */
	'chat:ended': fact(v.object({ roomId, code: errorCode, message: v.string() })),
	/** Messages before `first` were removed by retention. */
	'chat:cleared': fact(v.object({ chat: chatAddress, ...chatBounds.entries })),
	'chat:retained': fact(v.object({ roomId, retention })),
	/** Hosts changed the slow mode of the room: the least time between two messages, in seconds. */
	'chat:slowed': fact(v.object({ roomId, slowMode: v.number() })),
} as const;
