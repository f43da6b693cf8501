import { CodedError } from '#shared/errors.ts';
import type { RoomId } from '#shared/ids.ts';
import type { Data, FactName, FactOf, RequestName, Sent } from '#shared/protocol.ts';
import type { RoomBorder } from '#lib/connection/serverConnection.ts';
import type { Ask } from '#lib/connection/signalClient.ts';
import { Keyring } from './keyring.ts';
import type { RoomFiles } from './roomFiles.ts';
import { secretInFragment } from './secret.ts';
import { WordsBorder } from './wordsBorder.ts';

/** The border of an encrypted room beside no call: it has the key in the page's link, and those of before. */
export class LinkBorder implements RoomBorder {
	readonly files: RoomFiles;
	readonly frames = null;
	readonly #keyring: Keyring;
	readonly #words: WordsBorder;
	/** What the server says of the key: of which epoch it is. */
	#known: Promise<void> | null = null;

	private constructor(keyring: Keyring) {
		this.#keyring = keyring;
		this.#words = new WordsBorder(keyring);
		this.files = this.#words.files;
	}

	/**
	 * @param fragment of the page's address.
	 * @throws {CodedError} ENCRYPTED for a key that is not whole, and where the page came without HTTPS.
	 */
	static async from(roomId: RoomId, fragment: string): Promise<LinkBorder> {
		const secret = secretInFragment(fragment);
		if (!secret || !('subtle' in crypto)) throw new CodedError('ENCRYPTED');
		return new LinkBorder(await Keyring.from(roomId, secret));
	}

	/** Rejects with LINK_CHANGED where the key is not that of the room, and with NOT_ENCRYPTED where the room has none. */
	async ask<N extends RequestName>(ask: Ask, name: N, input: Sent<N>): Promise<Data<N>> {
		await this.#learn(ask);
		return this.#words.ask(ask, name, input);
	}

	hear<N extends FactName>(told: FactOf<N>, tell: (told: FactOf<N>) => void): void {
		this.#words.hear(told, tell);
	}

	/** What came in another way, with all that opens of it opened. Rejects as `ask`. */
	async opened<T>(ask: Ask, value: T): Promise<T> {
		await this.#learn(ask);
		return this.#words.opened(value);
	}

	#learn(ask: Ask): Promise<void> {
		this.#known ??= this.#askOf(ask).catch((error: unknown) => {
			this.#known = null;
			throw error;
		});
		return this.#known;
	}

	async #askOf(ask: Ask): Promise<void> {
		const { roomId, keys } = this.#keyring;
		const { epoch, previous } = await ask('encryption:chain', { roomId, check: keys.check });
		this.#keyring.renumber(epoch);
		await this.#keyring.openChain(previous);
	}
}
