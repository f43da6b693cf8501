import type { ChatAddress, ChatBounds, Message, PageFrom } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { MessageId, PersonId, RoomId } from '#shared/ids.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import { guestName, messageOf, ownNumber, personOf } from './guests.ts';
import { privateAnswer } from './lines.ts';
import type { DemoServer } from './demoServer.ts';
import type { DemoRoom } from './room.ts';

/** One conversation: the room's own for null, or that with one guest. */
type Talk = { with: PersonId | null; messages: Message[]; revision: number; read: number };

/** How long a simulated person takes to answer, in milliseconds. */
const thinking = 1200;

/** The chats of the demo. They answer requests and tell facts as a server does, and keep nothing. */
export class DemoChat {
	readonly #server: DemoServer;
	readonly #roomId: RoomId;
	readonly #room: DemoRoom;
	readonly #talks = new Map<PersonId | null, Talk>();
	readonly #answers = new Set<ReturnType<typeof setTimeout>>();
	#said = 0;

	constructor(server: DemoServer, roomId: RoomId, room: DemoRoom) {
		this.#server = server;
		this.#roomId = roomId;
		this.#room = room;
		// The room's own conversation comes first.
		this.#talk(undefined);
		server.on('peer:joined', ({ peer: { personId, name } }) =>
			server.tell('chat:member', { roomId, member: { personId, name, role: 'member' } }),
		);
		server.answer({
			'chat:open': () => this.#open(),
			'chat:close': () => ({}),
			'chat:page': (input) => this.#page(input),
			'chat:changes': ({ chat, revision }) => {
				const talk = this.#talk(chat.with);
				const messages = talk.messages
					.filter((message) => message.revision > revision)
					.toSorted((one, other) => one.revision - other.revision);
				return { ...boundsOf(talk), messages, more: false };
			},
			'chat:post': (input) => this.#post(input),
			'chat:edit': ({ chat, messageId, draft: { body, mentions } }) =>
				this.#revise(chat, messageId, (message) => {
					if (message.content.kind !== 'text') throw new CodedError('CONFLICT');
					const { body: original } = message.content;
					const content = { ...message.content, body, mentions, editedAt: Date.now() };
					return { content, corrections: message.corrections.map((one) => ({ original, ...one })) };
				}),
			'chat:delete': ({ chat, messageId }) =>
				this.#revise(chat, messageId, () => {
					return { content: { kind: 'deleted' }, replyTo: null, reactions: [], corrections: [] };
				}),
			'chat:react': ({ chat, messageId, emoji, on }) =>
				this.#react(chat, messageId, ownNumber, emoji, on),
			'chat:correct': ({ chat, messageId, body }) =>
				this.#revise(chat, messageId, ({ corrections }) => {
					const author = this.#author(ownNumber);
					const others = corrections.filter((one) => one.author.personId !== author.personId);
					const own = body === null ? [] : [{ author, body, proposedAt: Date.now() }];
					return { corrections: [...others, ...own] };
				}),
			'chat:typing': () => ({}),
			'chat:read': ({ chat, seq }) => {
				const talk = this.#talk(chat.with);
				talk.read = Math.max(talk.read, seq);
				return { chat: summaryOf(talk) };
			},
			'chat:search': ({ chat, query, before = Infinity }) => {
				const wanted = query.toLowerCase();
				const found = this.#talk(chat.with).messages.filter(
					({ content, seq }) =>
						seq < before && content.kind === 'text' && content.body.toLowerCase().includes(wanted),
				);
				return { messages: found.toReversed(), more: false };
			},
		});
	}

	/** A guest writes a message: to everybody, or to the person alone. */
	say(guest: number, body: string, alone = false): void {
		const talk = this.#talk(alone ? personOf(guest) : undefined);
		this.#add(talk, guest, messageOf(++this.#said), body, [], null);
	}

	close(): void {
		for (const timer of this.#answers) clearTimeout(timer);
		this.#answers.clear();
	}

	#open(): Data<'chat:open'> {
		const people = [ownNumber, ...this.#room.guests.map(({ number }) => number)];
		const members = people.map((number) => ({ ...this.#author(number), role: 'member' as const }));
		return {
			you: { ...this.#author(ownNumber), role: 'member' },
			members,
			chats: [...this.#talks.values()].map(summaryOf),
			retention: { kind: 'until-empty' },
			name: null,
			pace: { slowMode: 0, wait: 0 },
		};
	}

	#page({ chat, from, limit }: Parsed<'chat:page'>): Data<'chat:page'> {
		const talk = this.#talk(chat.with);
		return { ...boundsOf(talk), messages: pageOf(talk.messages, from, limit) };
	}

	#post({ chat, messageId, draft }: Parsed<'chat:post'>): Data<'chat:post'> {
		const talk = this.#talk(chat.with);
		const known = talk.messages.find((message) => message.messageId === messageId);
		if (known) return { message: known };
		const { body, mentions, replyTo } = draft;
		const message = this.#add(talk, ownNumber, messageId, body, mentions, replyTo);
		talk.read = message.seq;
		this.#later(() => {
			const guest = chat.with
				? this.#room.guests.find(({ number }) => personOf(number) === chat.with)
				: this.#room.guests.at(-1);
			if (!guest) return;
			if (chat.with) this.say(guest.number, privateAnswer(), true);
			else this.#react(chat, messageId, guest.number, '👍', true);
		});
		return { message };
	}

	#add(
		talk: Talk,
		author: number,
		messageId: MessageId,
		body: string,
		mentions: PersonId[],
		replyTo: MessageId | null,
	): Message {
		const answered = talk.messages.find((message) => message.messageId === replyTo);
		const message: Message = {
			messageId,
			seq: talk.messages.length + 1,
			revision: ++talk.revision,
			sentAt: Date.now(),
			author: this.#author(author),
			content: { kind: 'text', body, mentions, files: [], editedAt: null },
			replyTo: answered ? quoteOf(answered) : null,
			reactions: [],
			corrections: [],
		};
		talk.messages.push(message);
		this.#server.tell('chat:posted', { chat: this.#address(talk), messages: [message] });
		return message;
	}

	#react(chat: ChatAddress, messageId: MessageId, by: number, emoji: string, on: boolean) {
		const personId = personOf(by);
		return this.#revise(chat, messageId, ({ reactions }) => {
			const people = reactions.find((one) => one.emoji === emoji)?.people ?? [];
			const others = people.filter((other) => other !== personId);
			const now = { emoji, people: on ? [...others, personId] : others };
			const rest = reactions.filter((one) => one.emoji !== emoji);
			return { reactions: [...rest, now].filter((one) => one.people.length > 0) };
		});
	}

	#revise(
		chat: ChatAddress,
		messageId: MessageId,
		change: (message: Message) => Partial<Message>,
	): { message: Message } {
		const talk = this.#talk(chat.with);
		const before = talk.messages.find((message) => message.messageId === messageId);
		if (!before) throw new CodedError('NOT_FOUND');
		const message = { ...before, ...change(before), revision: ++talk.revision };
		talk.messages[message.seq - 1] = message;
		this.#server.tell('chat:changed', { chat: this.#address(talk), message });
		return { message };
	}

	#later(act: () => void): void {
		const timer = setTimeout(() => {
			this.#answers.delete(timer);
			act();
		}, thinking);
		this.#answers.add(timer);
	}

	#talk(person: PersonId | undefined): Talk {
		const key = person ?? null;
		const known = this.#talks.get(key);
		if (known) return known;
		const made = { with: key, messages: [], revision: 0, read: 0 };
		this.#talks.set(key, made);
		return made;
	}

	#address({ with: person }: Talk): ChatAddress {
		return person === null ? { roomId: this.#roomId } : { roomId: this.#roomId, with: person };
	}

	#author(number: number) {
		const name = number === ownNumber ? this.#room.ownName : guestName(number);
		return { personId: personOf(number), name };
	}
}

function boundsOf({ messages, revision }: Talk): ChatBounds {
	return { first: 1, last: messages.length, revision };
}

function summaryOf(talk: Talk) {
	const { messages, read } = talk;
	const unread = messages
		.slice(read)
		.filter(({ author }) => author.personId !== personOf(ownNumber));
	return { with: talk.with, ...boundsOf(talk), read, unread: unread.length, mentioned: false };
}

function quoteOf({ messageId, seq, author, content }: Message) {
	const excerpt = content.kind === 'text' ? content.body.slice(0, 140) : '';
	return { messageId, seq, author, excerpt };
}

/** Which messages a page holds. Places count from 1. */
function pageOf(messages: readonly Message[], from: PageFrom, limit: number): Message[] {
	switch (from.kind) {
		case 'latest':
			return messages.slice(-limit);
		case 'before':
			return messages.slice(Math.max(0, from.seq - 1 - limit), Math.max(0, from.seq - 1));
		case 'after':
			return messages.slice(from.seq, from.seq + limit);
		case 'around': {
			const first = Math.max(0, from.seq - 1 - Math.floor(limit / 2));
			return messages.slice(first, first + limit);
		}
		case 'since':
			return messages.filter(({ sentAt }) => sentAt >= from.at).slice(0, limit);
	}
}
