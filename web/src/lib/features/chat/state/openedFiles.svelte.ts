import { SvelteMap } from 'svelte/reactivity';
import type { FileInfo } from '#shared/chat.ts';
import type { FileId } from '#shared/ids.ts';
import type { BorderFiles } from '#lib/connection/serverConnection.ts';

/** Opened pictures that are kept. The oldest gives way, and is opened again where it is still shown. */
const most = 100;
/** How long a browser may take to begin to save a file, in ms. */
const saving = 60_000;

/** Pictures of an encrypted room that were opened in this page, by addresses of the browser's own. */
export class OpenedFiles {
	readonly #files: BorderFiles;
	readonly #addresses = new SvelteMap<FileId, string>();
	readonly #opening = new Set<FileId>();
	#closed = false;

	constructor(files: BorderFiles) {
		this.#files = files;
	}

	/** Undefined until it is opened, which begins with this. */
	addressOf(file: FileInfo): string | undefined {
		const known = this.#addresses.get(file.fileId);
		if (known === undefined && !this.#opening.has(file.fileId)) void this.#open(file);
		return known;
	}

	/** Lets the browser save the opened file. Rejects with a CodedError. */
	async save(file: FileInfo): Promise<void> {
		const address = URL.createObjectURL(await this.#files.content(file));
		const link = document.createElement('a');
		link.href = address;
		link.download = file.name;
		link.click();
		setTimeout(() => URL.revokeObjectURL(address), saving);
	}

	close(): void {
		this.#closed = true;
		for (const address of this.#addresses.values()) URL.revokeObjectURL(address);
		this.#addresses.clear();
	}

	async #open(file: FileInfo): Promise<void> {
		const { fileId } = file;
		this.#opening.add(fileId);
		// A picture that does not open is shown as one that is broken: as a file, with its name.
		const address = await this.#files
			.content(file)
			.then((content) => URL.createObjectURL(content))
			.catch(() => 'data:,');
		if (this.#closed) return URL.revokeObjectURL(address);
		this.#opening.delete(fileId);
		this.#addresses.set(fileId, address);
		const [oldest] = this.#addresses;
		if (this.#addresses.size <= most || !oldest) return;
		URL.revokeObjectURL(oldest[1]);
		this.#addresses.delete(oldest[0]);
	}
}
