import * as v from 'valibot';
import { fileInfo, quote } from '#shared/chat.ts';
import { messageId, personId as personIdSchema, type PersonId, type RoomId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';

/** Messages of one conversation that are kept while they cannot be sent. */
const mostUnsent = 50;
/** Conversations of one room of which anything is kept. */
const mostConversations = 50;

const text = v.pipe(v.string(), v.maxLength(limits.messageLength * 2));

const unsent = v.object({
	messageId,
	sentAt: v.number(),
	body: text,
	replyTo: v.nullable(quote),
	mentions: v.array(personIdSchema),
	files: v.pipe(v.array(fileInfo), v.maxLength(limits.filesPerMessage)),
});
/** A message that the server may not have yet. */
export type Unsent = v.InferOutput<typeof unsent>;

const kept = v.object({
	unsent: v.fallback(v.pipe(v.array(unsent), v.maxLength(mostUnsent)), []),
	draft: v.fallback(text, ''),
});
export type Kept = v.InferOutput<typeof kept>;

const record = v.object({
	/** The author of the text: nobody else sends it from the same browser. */
	personId: personIdSchema,
	conversations: v.record(v.string(), kept),
});

/**
 * The text and messages that the server does not have yet, kept over a reload. They belong to the tab, so that two
 * tabs do not take them from each other. If the browser stores nothing, nothing is kept.
 */
export class ChatMemory {
	readonly #key: string;
	readonly #storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
	#personId: PersonId | null = null;
	#conversations = new Map<string, Kept>();
	#timer: ReturnType<typeof setTimeout> | null = null;

	constructor(
		roomId: RoomId,
		storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> = () => sessionStorage,
	) {
		this.#key = `parley:chat:${roomId}`;
		this.#storage = storage;
	}

	/** The conversations in which this person left something behind. What another person left is forgotten. */
	recall(personId: PersonId): (PersonId | null)[] {
		if (this.#personId === personId) return [];
		this.#personId = personId;
		this.#conversations = this.#read(personId);
		return [...this.#conversations.keys()].map((name) =>
			name === '' ? null : v.parse(personIdSchema, name),
		);
	}

	of(conversation: PersonId | null): Kept {
		return this.#conversations.get(conversation ?? '') ?? { unsent: [], draft: '' };
	}

	keepUnsent(conversation: PersonId | null, unsent: Unsent[]): void {
		this.#keep(conversation, { ...this.of(conversation), unsent: unsent.slice(-mostUnsent) });
		this.flush();
	}

	/** Written down a little later, for it changes with every key. */
	keepDraft(conversation: PersonId | null, draft: string): void {
		this.#keep(conversation, { ...this.of(conversation), draft });
		this.#timer ??= setTimeout(() => this.flush(), 500);
	}

	flush(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		if (this.#personId === null) return;
		const conversations = Object.fromEntries(this.#conversations);
		try {
			const storage = this.#storage();
			if (this.#conversations.size === 0) storage.removeItem(this.#key);
			else storage.setItem(this.#key, JSON.stringify({ personId: this.#personId, conversations }));
		} catch {
			// If the storage is full or forbidden, unsent messages are lost only when the page is closed as well.
		}
	}

	#keep(conversation: PersonId | null, kept: Kept): void {
		const name = conversation ?? '';
		this.#conversations.delete(name);
		if (kept.draft !== '' || kept.unsent.length > 0) this.#conversations.set(name, kept);
		const [oldest] = this.#conversations.keys();
		if (this.#conversations.size > mostConversations && oldest !== undefined)
			this.#conversations.delete(oldest);
	}

	#read(personId: PersonId): Map<string, Kept> {
		try {
			const read = v.parse(record, JSON.parse(this.#storage().getItem(this.#key) ?? 'null'));
			if (read.personId !== personId) return new Map();
			const names = Object.keys(read.conversations).filter(
				(name) => name === '' || v.is(personIdSchema, name),
			);
			return new Map(
				names.flatMap((name) => {
					const kept = read.conversations[name];
					return kept ? [[name, kept] as const] : [];
				}),
			);
		} catch {
			return new Map();
		}
	}
}
