import * as v from 'valibot';
import { draft, fileInfo, message } from '#shared/chat.ts';
import { personId, roomId } from '#shared/ids.ts';
import { chatMember } from '#shared/members.ts';
import { requests } from '#shared/protocol.ts';
import { pageQuery } from './chatRequest.ts';
import { exportQuery } from './exportRoute.ts';
import { pastCall, pastCallsQuery } from './pastCalls.ts';
import { listing } from './roomRoutes.ts';
import type { Operation } from '../request/operation.ts';

const { entries: page } = pageQuery;
/** The other person of a chat of two; without it the room's own chat is meant. */
const inChat = { with: v.optional(personId) };
const chatQuery = v.object(inChat);
const changed = v.object({ message });
const { messageId } = requests['chat:post'].input.entries;

const reading = ['NOT_MEMBER', 'REMOVED', 'NOT_FOUND'] as const;
const writing = [...reading, 'NOT_SAVED', 'CONFLICT', 'LIMIT_REACHED'] as const;
const tus = { 'Tus-Resumable': 'The version of the tus protocol: 1.0.0.' };

/** What is written in rooms, and the files that go with it. */
export const chatOperations: Readonly<Record<string, Operation>> = {
	'GET /api/rooms': {
		summary: 'Lists the rooms that the person is a member of, and did not remove from the list.',
		access: 'person',
		data: v.object({
			rooms: v.array(
				v.object({
					roomId,
					/** Null until a host names the room. */
					name: v.nullable(v.string()),
					host: v.boolean(),
					/** Up to three other members, and how many there are. */
					people: v.array(v.string()),
					others: v.number(),
					lastAt: v.nullable(v.number()),
					unread: v.number(),
				}),
			),
		}),
	},
	'GET /api/rooms/:roomId': {
		summary: 'Tells the members of a room and the chats that the person has in it.',
		access: 'person',
		data: requests['chat:open'].output,
		errors: reading,
	},
	'POST /api/rooms/:roomId/members': {
		summary: 'Makes the person a member of the room. Repeating it changes the name.',
		access: 'person',
		body: v.omit(requests['chat:enter'].input, ['roomId']),
		data: v.object({ you: chatMember }),
		errors: ['NOT_ADMITTED', 'REMOVED', 'NOT_SAVED'],
	},
	'PUT /api/rooms/:roomId/name': {
		summary: 'Names the room, or removes its name. For hosts.',
		access: 'person',
		body: v.omit(requests['room:name'].input, ['roomId']),
		data: v.object({}),
		errors: ['NOT_MEMBER', 'NOT_SAVED'],
	},
	'PUT /api/rooms/:roomId/listed': {
		summary: 'Removes the room from the list of the person, or lists it again.',
		access: 'person',
		body: listing,
		data: v.object({}),
		errors: ['NOT_MEMBER', 'NOT_SAVED'],
	},
	'GET /api/rooms/:roomId/calls': {
		summary: 'Tells the past calls of the room and who was there, the latest first.',
		access: 'person',
		query: pastCallsQuery,
		data: v.object({ calls: v.array(pastCall), more: v.boolean() }),
		errors: ['NOT_MEMBER'],
	},
	'GET /api/rooms/:roomId/calls.csv': {
		summary: 'Downloads the past calls of the room, one line for each person in each. For hosts.',
		access: 'person',
		content: 'text/csv',
		errors: ['NOT_MEMBER'],
	},
	'PUT /api/rooms/:roomId/retention': {
		summary: 'Decides how long the room keeps its chat. For hosts.',
		access: 'person',
		body: requests['chat:retain'].input.entries.retention,
		data: requests['chat:retain'].output,
		errors: writing,
	},
	'GET /api/rooms/:roomId/export': {
		summary: 'Downloads the chat of the room. For hosts.',
		access: 'person',
		query: v.omit(exportQuery, ['roomId']),
		content: 'application/json',
		errors: reading,
	},
	'GET /api/rooms/:roomId/messages': {
		summary: 'Reads a page of messages. With after and wait, it waits for the next message.',
		access: 'person',
		query: v.object({ ...inChat, ...v.omit(pageQuery, ['revision']).entries }),
		data: requests['chat:page'].output,
		errors: [...reading, 'LIMIT_REACHED'],
	},
	'POST /api/rooms/:roomId/messages': {
		summary: 'Posts a message. With a messageId of its own, it can be sent again.',
		access: 'person',
		query: chatQuery,
		body: v.object({ messageId: v.optional(messageId), ...draft.pipe[0].entries }),
		data: changed,
		errors: writing,
	},
	'GET /api/rooms/:roomId/changes': {
		summary: 'Reads what was written or changed after a revision.',
		access: 'person',
		query: v.object({ ...inChat, revision: page.revision.wrapped, limit: page.limit }),
		data: requests['chat:changes'].output,
		errors: reading,
	},
	'GET /api/rooms/:roomId/search': {
		summary: 'Searches the messages, the newest first.',
		access: 'person',
		query: v.object({
			...inChat,
			q: requests['chat:search'].input.entries.query,
			before: page.before,
			limit: page.limit,
		}),
		data: requests['chat:search'].output,
		errors: reading,
	},
	'PATCH /api/rooms/:roomId/messages/:messageId': {
		summary: 'Edits a message of the person.',
		access: 'person',
		query: chatQuery,
		body: requests['chat:edit'].input.entries.draft,
		data: changed,
		errors: writing,
	},
	'DELETE /api/rooms/:roomId/messages/:messageId': {
		summary: 'Deletes a message of the person.',
		access: 'person',
		query: chatQuery,
		data: changed,
		errors: writing,
	},
	'PUT /api/rooms/:roomId/messages/:messageId/reactions/:emoji': {
		summary: 'Reacts to a message.',
		access: 'person',
		query: chatQuery,
		data: changed,
		errors: writing,
	},
	'DELETE /api/rooms/:roomId/messages/:messageId/reactions/:emoji': {
		summary: 'Takes a reaction back.',
		access: 'person',
		query: chatQuery,
		data: changed,
		errors: writing,
	},
	'PUT /api/rooms/:roomId/messages/:messageId/correction': {
		summary: 'Proposes a correction of a message of another person.',
		access: 'person',
		query: chatQuery,
		body: v.object({ body: requests['chat:correct'].input.entries.body.wrapped }),
		data: changed,
		errors: writing,
	},
	'DELETE /api/rooms/:roomId/messages/:messageId/correction': {
		summary: 'Takes a correction back.',
		access: 'person',
		query: chatQuery,
		data: changed,
		errors: writing,
	},
	'PUT /api/rooms/:roomId/read': {
		summary: 'Notes up to which message the person has read.',
		access: 'person',
		query: chatQuery,
		body: v.omit(requests['chat:read'].input, ['chat']),
		data: requests['chat:read'].output,
		errors: writing,
	},

	'POST /api/files': {
		summary: 'Begins an upload by the tus protocol, with or without the content.',
		access: 'person',
		headers: {
			...tus,
			'Upload-Length': 'The size of the file in bytes.',
			'Upload-Metadata':
				'roomId, filename and, for a chat of two, with: each followed by its value in base64.',
		},
		status: 201,
		errors: [...writing, 'BAD_REQUEST', 'TOO_LARGE'],
	},
	'OPTIONS /api/files': {
		summary: 'Tells which extensions of the tus protocol the service speaks.',
		access: 'person',
		status: 204,
	},
	'PATCH /api/files/:fileId': {
		summary: 'Sends the next part of an upload.',
		access: 'person',
		headers: { ...tus, 'Upload-Offset': 'Where the part begins, in bytes.' },
		status: 204,
		errors: [...writing, 'BAD_REQUEST', 'TOO_LARGE'],
	},
	'DELETE /api/files/:fileId': {
		summary: 'Gives up an upload.',
		access: 'person',
		headers: tus,
		status: 204,
		errors: writing,
	},
	'HEAD /api/files/:fileId': {
		summary:
			'With Tus-Resumable, tells how much of an upload is there. Without it, what a download would bring.',
		access: 'person',
		errors: reading,
	},
	'GET /api/files/:fileId': {
		summary: 'Downloads a file, or a part of it (Range).',
		access: 'person',
		content: 'application/octet-stream',
		errors: [...reading, 'BAD_REQUEST'],
	},
	'GET /api/files/:fileId/:name': {
		summary: 'The same; browsers keep the file under the name.',
		access: 'person',
		content: 'application/octet-stream',
		errors: [...reading, 'BAD_REQUEST'],
	},
	'GET /api/files/:fileId/info': {
		summary: 'Tells the name, size and type of a file.',
		access: 'person',
		data: v.object({ file: fileInfo }),
		errors: reading,
	},
};
