import * as v from 'valibot';
import { roomIdForm, roomIdLength } from './roomIds.ts';

export { newRoomId, type RoomId } from './roomIds.ts';

/** 128 random bits as base64url: the form of every id and token that must not be guessed. */
const unguessable = /^[A-Za-z0-9_-]{22,64}$/;
const { min, max } = roomIdLength;

/**
 * A room id is part of a link and is read aloud, so case does not count. Generated ids have 130 random bits. A shorter
 * id is a name that people chose, and is as easy to guess as they made it.
 */
export const roomId = v.pipe(
	v.string(),
	v.maxLength(max),
	v.toLowerCase(),
	v.minLength(min),
	v.regex(roomIdForm),
	v.brand('RoomId'),
);

export const personId = v.pipe(v.string(), v.regex(unguessable), v.brand('PersonId'));
export type PersonId = v.InferOutput<typeof personId>;

export const peerId = v.pipe(v.string(), v.regex(unguessable), v.brand('PeerId'));
export type PeerId = v.InferOutput<typeof peerId>;

/** Made by the sending client, so that producing needs no round trip and can be repeated. */
export const producerId = v.pipe(v.string(), v.regex(unguessable), v.brand('ProducerId'));
export type ProducerId = v.InferOutput<typeof producerId>;

export const consumerId = v.pipe(v.string(), v.regex(unguessable), v.brand('ConsumerId'));
export type ConsumerId = v.InferOutput<typeof consumerId>;

export const knockId = v.pipe(v.string(), v.regex(unguessable), v.brand('KnockId'));
export type KnockId = v.InferOutput<typeof knockId>;

/** Made by the writing client, so that a message that is sent twice is stored once. */
export const messageId = v.pipe(v.string(), v.regex(unguessable), v.brand('MessageId'));
export type MessageId = v.InferOutput<typeof messageId>;

export const fileId = v.pipe(v.string(), v.regex(unguessable), v.brand('FileId'));
export type FileId = v.InferOutput<typeof fileId>;

/** One sign-in of a person in one browser. */
export const sessionId = v.pipe(v.string(), v.regex(unguessable), v.brand('SessionId'));
export type SessionId = v.InferOutput<typeof sessionId>;

/** The public id of a personal access token; the secret is another value. */
export const tokenId = v.pipe(v.string(), v.regex(unguessable), v.brand('TokenId'));
export type TokenId = v.InferOutput<typeof tokenId>;

/** One call in a room, from the first person's join to the last person's leaving. */
export const callId = v.pipe(v.string(), v.regex(unguessable), v.brand('CallId'));
export type CallId = v.InferOutput<typeof callId>;

/** Made by the calling client, so that `call:start` can be repeated. */
export const ringId = v.pipe(v.string(), v.regex(unguessable), v.brand('RingId'));
export type RingId = v.InferOutput<typeof ringId>;

/** The secret in a link that makes its visitor and its owner contacts. */
export const contactCode = v.pipe(v.string(), v.regex(unguessable), v.brand('ContactCode'));
export type ContactCode = v.InferOutput<typeof contactCode>;
/** One match of two people. */
export const matchId = v.pipe(v.string(), v.regex(unguessable), v.brand('MatchId'));
export type MatchId = v.InferOutput<typeof matchId>;

export const reportId = v.pipe(v.string(), v.regex(unguessable), v.brand('ReportId'));
export type ReportId = v.InferOutput<typeof reportId>;

/** The secret that proves that a joining client held the peer before. */
export const resumeToken = v.pipe(v.string(), v.regex(unguessable), v.brand('ResumeToken'));
export type ResumeToken = v.InferOutput<typeof resumeToken>;

/** 128 random bits as 22 characters of base64url. */
function unguessableText(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replaceAll('=', '');
}

export const newPersonId = (): PersonId => v.parse(personId, unguessableText());
export const newPeerId = (): PeerId => v.parse(peerId, unguessableText());
export const newProducerId = (): ProducerId => v.parse(producerId, unguessableText());
export const newResumeToken = (): ResumeToken => v.parse(resumeToken, unguessableText());
export const newKnockId = (): KnockId => v.parse(knockId, unguessableText());
export const newMessageId = (): MessageId => v.parse(messageId, unguessableText());
export const newFileId = (): FileId => v.parse(fileId, unguessableText());
export const newSessionId = (): SessionId => v.parse(sessionId, unguessableText());
export const newTokenId = (): TokenId => v.parse(tokenId, unguessableText());
export const newCallId = (): CallId => v.parse(callId, unguessableText());
export const newRingId = (): RingId => v.parse(ringId, unguessableText());
export const newContactCode = (): ContactCode => v.parse(contactCode, unguessableText());
export const newMatchId = (): MatchId => v.parse(matchId, unguessableText());
export const newReportId = (): ReportId => v.parse(reportId, unguessableText());
