import type { ChatKey, Post } from '../../sfu/store/api/store.ts';
import type { Author, ChatBounds, ChatSummary, FileInfo, Message } from '../../shared/chat.ts';
import type { FileId, MessageId, PersonId } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';

type Entry = Omit<Message, 'content' | 'replyTo'> & {
	kind: 'text' | 'deleted';
	body: string;
	mentions: PersonId[];
	files: FileInfo[];
	editedAt: number | null;
	answers: number | null;
	edits: { body: string; at: number }[];
};

type ChatState = ChatBounds & { entries: Entry[]; read: Map<PersonId, number> };

/** What an operation gives: a message, or the code of its refusal. */
export type Outcome = Message | string;

/** What a store of chats should be, in the plainest words: lists in memory. For texts of plain words only. */
export class ChatModel {
	readonly #chats = new Map<string, ChatState>();
	readonly #files = new Map<FileId, { info: FileInfo; key: string; owner: PersonId }>();
	readonly doomed = new Set<FileId>();

	#chat(key: ChatKey): ChatState {
		const name = JSON.stringify(key);
		const chat = this.#chats.get(name) ?? {
			first: 1,
			last: 0,
			revision: 0,
			entries: [],
			read: new Map(),
		};
		this.#chats.set(name, chat);
		return chat;
	}

	#view(chat: ChatState, entry: Entry): Message {
		const { kind, body, mentions, files, editedAt, answers, edits, ...rest } = entry;
		const corrections = entry.corrections.map((one) => {
			if ((editedAt ?? 0) <= one.proposedAt) return one;
			const original = edits.findLast(({ at }) => at <= one.proposedAt)?.body;
			return original === undefined ? one : { ...one, original };
		});
		const quoted = chat.entries.find(({ seq }) => seq === answers);
		return structuredClone({
			...rest,
			corrections,
			content: kind === 'text' ? { kind, body, mentions, files, editedAt } : { kind },
			replyTo: quoted
				? {
						messageId: quoted.messageId,
						seq: quoted.seq,
						author: quoted.author,
						excerpt: quoted.body.slice(0, 120),
					}
				: null,
		});
	}

	addFile(info: FileInfo, key: ChatKey, owner: PersonId): void {
		this.#files.set(info.fileId, { info, key: JSON.stringify(key), owner });
	}

	post(posts: readonly Post[]): (readonly [string, Outcome])[] {
		return posts.map(({ key, messageId, author, at, content }) => {
			const chat = this.#chat(key);
			const before = chat.entries.find((one) => one.messageId === messageId);
			if (before)
				return before.author.personId === author.personId
					? ['known', this.#view(chat, before)]
					: ['refused', 'CONFLICT'];
			if (content.kind !== 'text') throw new Error('the model knows texts only');
			const answered = chat.entries.find((one) => one.messageId === content.replyTo);
			if (content.replyTo && answered?.kind !== 'text') return ['refused', 'NOT_FOUND'];
			const files = content.files.map((id) => this.#files.get(id));
			const usable = files.every(
				(file) => file?.owner === author.personId && file.key === JSON.stringify(key),
			);
			if (!usable) return ['refused', 'NOT_FOUND'];
			for (const id of content.files) this.#files.delete(id);
			const entry: Entry = {
				messageId,
				seq: ++chat.last,
				revision: ++chat.revision,
				sentAt: at,
				author,
				kind: 'text',
				body: content.body,
				mentions: [...content.mentions],
				files: files.flatMap((file) => file?.info ?? []),
				editedAt: null,
				answers: answered?.seq ?? null,
				reactions: [],
				corrections: [],
				edits: [],
			};
			chat.entries.push(entry);
			return ['stored', this.#view(chat, entry)];
		});
	}

	#change(key: ChatKey, messageId: MessageId, make: (entry: Entry) => boolean | string): Outcome {
		const chat = this.#chat(key);
		const entry = chat.entries.find((one) => one.messageId === messageId);
		if (!entry) return 'NOT_FOUND';
		const made = make(entry);
		if (typeof made === 'string') return made;
		if (made) entry.revision = ++chat.revision;
		return this.#view(chat, entry);
	}

	edit(key: ChatKey, id: MessageId, by: PersonId, body: string, mentions: PersonId[], at: number) {
		return this.#change(key, id, (entry) => {
			if (entry.kind !== 'text' || entry.author.personId !== by) return 'NOT_FOUND';
			if (entry.body === body && String(entry.mentions) === String(mentions)) return false;
			entry.edits.push({ body: entry.body, at: entry.editedAt ?? entry.sentAt });
			Object.assign(entry, { body, mentions, editedAt: at });
			return true;
		});
	}

	delete(key: ChatKey, id: MessageId, by: PersonId) {
		return this.#change(key, id, (entry) => {
			if (entry.author.personId !== by) return 'NOT_FOUND';
			if (entry.kind === 'deleted') return false;
			for (const { fileId } of entry.files) this.doomed.add(fileId);
			entry.kind = 'deleted';
			entry.body = '';
			for (const list of ['mentions', 'files', 'reactions', 'corrections', 'edits'] as const)
				entry[list] = [];
			return true;
		});
	}

	react(key: ChatKey, id: MessageId, by: PersonId, emoji: string, on: boolean) {
		return this.#change(key, id, (entry) => {
			if (entry.kind !== 'text') return 'NOT_FOUND';
			const given = entry.reactions.find((one) => one.emoji === emoji);
			if (on === (given?.people.includes(by) ?? false)) return false;
			if (on && !given && entry.reactions.length >= limits.reactionsPerMessage)
				return 'LIMIT_REACHED';
			if (!given) entry.reactions.push({ emoji, people: [by] });
			else if (on) given.people.push(by);
			else given.people = given.people.filter((person) => person !== by);
			entry.reactions = entry.reactions.filter(({ people }) => people.length > 0);
			return true;
		});
	}

	correct(key: ChatKey, id: MessageId, by: Author, body: string | null, at: number) {
		return this.#change(key, id, (entry) => {
			if (entry.kind !== 'text') return 'NOT_FOUND';
			if (entry.author.personId === by.personId) return 'NOT_ALLOWED';
			const before = entry.corrections.find(({ author }) => author.personId === by.personId);
			if ((before?.body ?? null) === body) return false;
			entry.corrections = entry.corrections.filter((one) => one !== before);
			if (body !== null) entry.corrections.push({ author: by, body, proposedAt: at });
			return true;
		});
	}

	read(key: ChatKey, by: PersonId, seq: number): void {
		const { read, last } = this.#chat(key);
		read.set(by, Math.max(read.get(by) ?? 0, Math.min(seq, last)));
	}

	/** Removes the beginning of the chat up to the first message that was sent at this time or later. */
	sweep(key: ChatKey, oldest: number): void {
		const chat = this.#chat(key);
		const staying = chat.entries.findIndex(({ sentAt }) => sentAt >= oldest);
		const going = chat.entries.splice(0, staying < 0 ? chat.entries.length : staying);
		for (const { fileId } of going.flatMap(({ files }) => files)) this.doomed.add(fileId);
		chat.first += going.length;
	}

	bounds(key: ChatKey): ChatBounds {
		const { first, last, revision } = this.#chat(key);
		return { first, last, revision };
	}

	messages(key: ChatKey): Message[] {
		const chat = this.#chat(key);
		return chat.entries.map((entry) => this.#view(chat, entry));
	}

	edits(key: ChatKey): Entry['edits'][] {
		return this.#chat(key).entries.map(({ edits }) => edits);
	}

	search(key: ChatKey, query: string): Message[] {
		const chat = this.#chat(key);
		const found = chat.entries.filter(
			({ kind, body }) =>
				kind === 'text' &&
				query.split(' ').every((start) => body.split(' ').some((word) => word.startsWith(start))),
		);
		return found.map((entry) => this.#view(chat, entry)).reverse();
	}

	summary(key: ChatKey, by: PersonId): ChatSummary {
		const chat = this.#chat(key);
		const read = chat.read.get(by) ?? 0;
		const unread = chat.entries.filter(
			({ kind, seq, author }) => kind === 'text' && seq > read && author.personId !== by,
		);
		return {
			with: key.pair?.find((one) => one !== by) ?? null,
			...this.bounds(key),
			read,
			unread: unread.length,
			mentioned: unread.some(({ mentions }) => mentions.includes(by)),
		};
	}
}
