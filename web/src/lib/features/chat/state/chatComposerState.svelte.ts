import { createSubscriber } from 'svelte/reactivity';
import { Composer } from '../engine/composer/composer.ts';
import type { Conversation } from '../engine/conversation/conversation.ts';
import type { FileUpload } from '../engine/composer/fileUpload.ts';
import type { ComposerView, MessageView, UploadView } from './chatView.ts';

/** A file that is being uploaded. Its picture comes from this browser while it is in the draft. */
class UploadState implements UploadView {
	readonly #upload: FileUpload;
	readonly #detach: (upload: FileUpload) => void;
	readonly preview: string | null;
	#state = $state.raw<UploadView['state']>({ kind: 'uploading', sent: 0 });

	constructor(upload: FileUpload, detach: (upload: FileUpload) => void) {
		this.#upload = upload;
		this.#detach = detach;
		const { file } = upload;
		this.preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : null;
		this.#state = upload.progress;
		upload.watch(() => (this.#state = upload.progress));
	}

	get key(): string {
		return this.#upload.key;
	}
	get name(): string {
		return this.#upload.file.name;
	}
	get size(): number {
		return this.#upload.file.size;
	}
	get state(): UploadView['state'] {
		return this.#state;
	}

	retry(): void {
		this.#upload.retry();
	}

	cancel(): void {
		this.#detach(this.#upload);
	}

	close(): void {
		if (this.preview) URL.revokeObjectURL(this.preview);
	}
}

/** The composer of one conversation as reactive state. */
export class ComposerState implements ComposerView {
	readonly #composer: Composer<MessageView>;
	readonly #unwatch: () => void;
	/** Follows the composer as a whole: a key that is pressed changes little else. */
	readonly #follow: () => void;
	#uploads = $state.raw<readonly UploadState[]>([]);

	constructor(conversation: Conversation) {
		const composer = new Composer<MessageView>(conversation);
		this.#composer = composer;
		this.#follow = createSubscriber((update) => composer.watch(update));
		this.#unwatch = composer.watch(() => this.#setUploads(composer.uploads));
	}

	get text(): string {
		this.#follow();
		return this.#composer.text;
	}
	set text(text: string) {
		this.#composer.text = text;
	}
	get replyTo(): MessageView | null {
		this.#follow();
		return this.#composer.replyTo;
	}
	set replyTo(message: MessageView | null) {
		this.#composer.replyTo = message;
	}
	get revising(): ComposerView['revising'] {
		this.#follow();
		return this.#composer.revising;
	}
	get uploads(): readonly UploadView[] {
		return this.#uploads;
	}
	get most(): number {
		this.#follow();
		return this.#composer.most;
	}
	get slowPace() {
		this.#follow();
		return this.#composer.slowPace;
	}
	get ready(): boolean {
		this.#follow();
		return this.#composer.ready;
	}

	restore(draft: string): void {
		this.#composer.restore(draft);
	}

	revise(kind: 'edit' | 'correct', message: MessageView): void {
		this.#composer.revise(kind, message);
	}

	stopRevising(): void {
		this.#composer.stopRevising();
	}

	attach(files: readonly File[]): string[] {
		return this.#composer.attach(files);
	}

	submit(): Promise<void> {
		return this.#composer.submit();
	}

	close(): void {
		this.#unwatch();
		this.#composer.close();
		this.#setUploads([]);
	}

	/** Which stays keeps its object, and with it its preview. */
	#setUploads(uploads: readonly FileUpload[]): void {
		const known = new Map(this.#uploads.map((state) => [state.key, state]));
		if (uploads.length === known.size && uploads.every(({ key }) => known.has(key))) return;
		const detach = (upload: FileUpload) => this.#composer.detach(upload);
		const states = uploads.map(
			(upload) => known.get(upload.key) ?? new UploadState(upload, detach),
		);
		for (const state of this.#uploads) if (!states.includes(state)) state.close();
		this.#uploads = states;
	}
}
