import type { RoomId } from '#shared/ids.ts';
import { bytesOf, fromBase64url, toBase64url, type Bytes } from './bytes.ts';
import { keysOf, type EpochKeys } from './keys.ts';
import { openBytes, sealBytes } from './sealing.ts';
import { toSecret, type Secret } from './secret.ts';

type Epoch = { readonly secret: Secret; readonly keys: EpochKeys };

const version = 'e1';

/** What seals the secret of an epoch for whoever has the next one. */
const chainContext = (epoch: number) => `chain ${epoch}`;

/** The secrets of a room that this page has, and what they seal and open. */
export class Keyring {
	readonly roomId: RoomId;
	readonly #epochs = new Map<number, Epoch>();
	/** The newest epoch, by which everything new is sealed. */
	#epoch: number;
	#current: Epoch;
	/** Those who wait for a newer secret. */
	readonly #waiting = new Set<() => void>();

	private constructor(roomId: RoomId, epoch: number, current: Epoch) {
		this.roomId = roomId;
		this.#epoch = epoch;
		this.#current = current;
		this.#epochs.set(epoch, current);
	}

	/** @param epoch which one it is the secret of, as the server says; 0 in a room that is new. */
	static async from(roomId: RoomId, secret: Secret, epoch = 0): Promise<Keyring> {
		return new Keyring(roomId, epoch, { secret, keys: await keysOf(secret, roomId) });
	}

	get epoch(): number {
		return this.#epoch;
	}

	get secret(): Secret {
		return this.#current.secret;
	}

	get keys(): EpochKeys {
		return this.#current.keys;
	}

	/** What bound the public keys of peers, of every epoch that is known; the newest first. */
	get binds(): readonly CryptoKey[] {
		return [...this.#epochs.values()].map(({ keys }) => keys.bind).reverse();
	}

	/** The secret is that of another epoch than was thought: the server has said which. */
	renumber(epoch: number): void {
		if (epoch === this.#epoch) return;
		this.#epochs.delete(this.#epoch);
		this.#epoch = epoch;
		this.#epochs.set(epoch, this.#current);
	}

	/** The room has a newer secret. */
	async advance(epoch: number, secret: Secret): Promise<void> {
		const next = { secret, keys: await keysOf(secret, this.roomId) };
		this.#epochs.set(epoch, next);
		if (epoch <= this.#epoch) return;
		this.#epoch = epoch;
		this.#current = next;
		for (const goOn of this.#waiting) goOn();
		this.#waiting.clear();
	}

	/**
	 * Waits for a newer secret than that of this epoch.
	 *
	 * @param wait for how long, in ms.
	 * @returns whether there is one.
	 */
	async newerThan(epoch: number, wait: number): Promise<boolean> {
		if (this.#epoch <= epoch)
			await new Promise<void>((resolve) => {
				this.#waiting.add(resolve);
				setTimeout(resolve, wait);
			});
		return this.#epoch > epoch;
	}

	/** Seals the newest secret by the one that comes after it. */
	async sealedBy(next: EpochKeys): Promise<string> {
		return toBase64url(await sealBytes(next.chain, this.secret, chainContext(this.#epoch)));
	}

	/**
	 * Opens the secrets of the epochs before, from the newest to the first.
	 *
	 * @param previous the boxes of all of them, that of epoch 0 first.
	 * @returns whether every one of them opened.
	 */
	async openChain(previous: readonly string[]): Promise<boolean> {
		for (let epoch = this.#epoch - 1; epoch >= 0; epoch--) {
			if (this.#epochs.has(epoch)) continue;
			const next = this.#epochs.get(epoch + 1);
			const box = fromBase64url(previous[epoch] ?? '');
			if (!next || !box) return false;
			const secret = toSecret(await openBytes(next.keys.chain, box, chainContext(epoch)));
			if (!secret) return false;
			this.#epochs.set(epoch, { secret, keys: await keysOf(secret, this.roomId) });
		}
		return true;
	}

	/**
	 * Seals a text by the newest secret.
	 *
	 * @param context what the text is and where it belongs, as `message <id>`. It opens in the same context only.
	 */
	async sealText(text: string, context: string): Promise<string> {
		const epoch = this.#epoch;
		const sealed = await sealBytes(this.keys.text, bytesOf(text), context);
		return `${version}.${epoch}.${toBase64url(sealed)}`;
	}

	/** Null for a text that cannot be opened: it is not sealed, of an epoch that is not known, or was changed. */
	async openText(sealed: string, context: string): Promise<string | null> {
		const [form, epoch = '', base64url = ''] = sealed.split('.');
		const key = this.textKey(Number(epoch));
		const bytes = fromBase64url(base64url);
		if (form !== version || !key || !bytes) return null;
		const opened = await openBytes(key, bytes, context);
		return opened && new TextDecoder().decode(opened);
	}

	/** What opens texts and files of that epoch; null where its secret is not known. */
	textKey(epoch: number): CryptoKey | null {
		return this.#epochs.get(epoch)?.keys.text ?? null;
	}

	/** Seals a file, or a part of one, by the newest secret. The epoch has to be kept beside it. */
	async sealFile(bytes: Bytes, context: string): Promise<{ epoch: number; sealed: Bytes }> {
		const epoch = this.#epoch;
		return { epoch, sealed: await sealBytes(this.keys.text, bytes, context) };
	}

	/** Null for a file that cannot be opened. */
	async openFile(epoch: number, sealed: Bytes, context: string): Promise<Bytes | null> {
		const key = this.textKey(epoch);
		return key && openBytes(key, sealed, context);
	}
}
