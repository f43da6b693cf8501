import * as v from 'valibot';
import type { Correction, FileInfo, Message } from '#shared/chat.ts';
import { limits } from '#shared/limits.ts';
import { messageBody, saysSomething } from '#shared/text.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { excerptOf } from '../excerpt.ts';
import { FileUpload } from './fileUpload.ts';
import { mentionsIn } from './mentions.ts';
import type { SlowPace } from './slowMode.ts';

/** A message that can be answered or revised. */
export type Subject = Pick<Message, 'messageId' | 'author'> & {
	readonly seq: number | null;
	readonly content: { kind: 'text'; body: string } | { kind: 'deleted' | 'system' };
	readonly corrections: readonly Correction[];
};

export type Revising<M> = { kind: 'edit' | 'correct'; message: M };

/** The text, the reply and the files that the person prepares in one conversation. `M` is the message of the interface. */
export class Composer<M extends Subject> {
	readonly #conversation: Conversation;
	readonly #watchers = new Set<() => void>();
	readonly #unwatch: (() => void) | undefined;
	#text = '';
	#replyTo: M | null = null;
	#revising: Revising<M> | null = null;
	/** The text and the reply of the box before a message was put there to be revised. */
	#aside: { text: string; replyTo: M | null } = { text: '', replyTo: null };
	#uploads: readonly FileUpload[] = [];
	#saving = false;

	constructor(conversation: Conversation) {
		this.#conversation = conversation;
		this.#unwatch = conversation.slowMode?.watch(() => this.#tell());
	}

	/** Calls back whenever something is different. */
	watch(changed: () => void): () => void {
		this.#watchers.add(changed);
		return () => void this.#watchers.delete(changed);
	}

	get text(): string {
		return this.#text;
	}
	set text(text: string) {
		this.#conversation.typing.typed(saysSomething(text));
		this.#write(text);
	}

	get replyTo(): M | null {
		return this.#replyTo;
	}
	/** A message that is not stored yet cannot be replied to. */
	set replyTo(message: M | null) {
		this.#replyTo = message?.seq === null ? null : message;
		this.#tell();
	}

	get revising(): Revising<M> | null {
		return this.#revising;
	}

	get uploads(): readonly FileUpload[] {
		return this.#uploads;
	}

	/** How long the text may be. */
	get most(): number {
		return this.#revising?.kind === 'correct' ? limits.correctionLength : limits.messageLength;
	}

	/** Null where the person sends as fast as they like. */
	get slowPace(): SlowPace | null {
		return this.#conversation.slowMode?.pace ?? null;
	}

	get ready(): boolean {
		if (this.#saving || !this.#conversation.context.you()) return false;
		if (!this.#revising && this.#conversation.slowMode?.isWaiting) return false;
		if (this.#text.length > this.most) return false;
		if (saysSomething(this.#text)) return this.#revising !== null || !this.#underWay;
		return this.#revising === null && !this.#underWay && this.#files.length > 0;
	}

	/** Restores the text of before a reload. */
	restore(draft: string): void {
		if (this.#text === '') this.#write(draft);
	}

	revise(kind: 'edit' | 'correct', message: M): void {
		const { content, seq } = message;
		if (content.kind !== 'text' || seq === null) return;
		if (!this.#revising) this.#aside = { text: this.#text, replyTo: this.#replyTo };
		const proposed = kind === 'correct' ? this.#ownCorrection(message)?.body : undefined;
		this.#revising = { kind, message };
		this.#replyTo = null;
		this.#write(proposed ?? content.body);
	}

	stopRevising(): void {
		if (!this.#revising) return;
		this.#revising = null;
		this.#replyTo = this.#aside.replyTo;
		this.#conversation.typing.stop();
		this.#write(this.#aside.text);
	}

	/** Takes files along, as many as go with one message. @returns a sentence for each that is left out. */
	attach(files: readonly File[]): string[] {
		const { chat, context } = this.#conversation;
		if (!context.served) return ["Files can't be sent in the demo."];
		const room = limits.filesPerMessage - this.#uploads.length;
		const full = files.filter(({ size }) => size > 0);
		const taken = full.slice(0, Math.max(0, room));
		const uploads = taken.map((file) => new FileUpload(file, chat, context.files));
		for (const upload of uploads) upload.watch(() => this.#tell());
		this.#uploads = [...this.#uploads, ...uploads];
		this.#tell();
		const most = limits.filesPerMessage;
		return [
			...files
				.filter(({ size }) => size === 0)
				.map(({ name }) => `“${name}” is empty or a folder.`),
			...full
				.slice(taken.length)
				.map(({ name }) => `“${name}” wasn't added: up to ${most} files per message.`),
		];
	}

	/** Takes a file out of the draft, wherever it is. */
	detach(upload: FileUpload): void {
		upload.cancel();
		this.#uploads = this.#uploads.filter((other) => other !== upload);
		this.#tell();
	}

	/** Rejects with a CodedError only where a revision is not accepted. */
	async submit(): Promise<void> {
		if (!this.ready) return;
		if (this.#revising) return this.#save(this.#revising);
		this.#conversation.post({
			body: this.#body,
			mentions: this.#mentions,
			files: this.#files,
			replyTo: this.#quote,
		});
		// Files that did not get through stay, for the person to try again or take out.
		const sent = this.#uploads.filter(({ progress }) => progress.kind === 'done');
		for (const upload of sent) upload.close();
		this.#uploads = this.#uploads.filter((upload) => !sent.includes(upload));
		this.#replyTo = null;
		this.#write('');
	}

	close(): void {
		this.#unwatch?.();
		for (const upload of this.#uploads) upload.cancel();
		this.#watchers.clear();
	}

	async #save(revising: Revising<M>): Promise<void> {
		const { kind, message } = revising;
		const { revisions } = this.#conversation;
		const { messageId, content } = message;
		const same = content.kind === 'text' && content.body === this.#body;
		this.#saving = true;
		this.#tell();
		try {
			if (kind === 'edit') {
				if (!same) await revisions.edit(messageId, this.#body, this.#mentions);
			} else if (!same) await revisions.correct(messageId, this.#body);
			else if (this.#ownCorrection(message)) await revisions.correct(messageId, null);
			if (this.#revising === revising) this.stopRevising();
		} finally {
			this.#saving = false;
			this.#tell();
		}
	}

	#write(text: string): void {
		this.#text = text;
		const { with: person, context } = this.#conversation;
		if (!this.#revising) context.memory.keepDraft(person, text);
		this.#tell();
	}

	#tell(): void {
		for (const changed of [...this.#watchers]) changed();
	}

	/** The text in the form that the server takes; otherwise unchanged, so that the server says why it refuses it. */
	get #body(): string {
		const taken = v.safeParse(messageBody, this.#text);
		return taken.success ? taken.output : this.#text;
	}

	get #mentions() {
		return mentionsIn(this.#text, this.#conversation.context.members());
	}

	get #files(): FileInfo[] {
		return this.#uploads.flatMap(({ progress }) =>
			progress.kind === 'done' ? [progress.file] : [],
		);
	}

	get #underWay(): boolean {
		return this.#uploads.some(
			({ progress: { kind } }) => kind === 'uploading' || kind === 'waiting',
		);
	}

	get #quote() {
		const message = this.#replyTo;
		if (!message || message.seq === null) return null;
		const { messageId, seq, author } = message;
		return { messageId, seq, author, excerpt: excerptOf(message) };
	}

	#ownCorrection({ corrections }: M): Correction | undefined {
		const you = this.#conversation.context.you()?.personId;
		return corrections.find(({ author }) => author.personId === you);
	}
}
