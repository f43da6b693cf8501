import type { FileInfo } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { Data, FactName, FactOf, RequestName, Sent } from '#shared/protocol.ts';
import { epochsOf, isSealed, isSealedBody } from '#shared/sealedForm.ts';
import type { FrameWatch, RoomBorder } from '#lib/connection/serverConnection.ts';
import type { Ask } from '#lib/connection/signalClient.ts';
import type { Keyring } from './keyring.ts';
import { RoomFiles } from './roomFiles.ts';
import { search } from './searching.ts';
import { SealedTexts, unopenedText, type TextKind } from './sealedTexts.ts';

/** How long it is waited for the new secret of the room after the server said that there is one, in ms. */
const patience = 5000;
/** Requests of those who are not inside, whom nobody hands a new secret. */
const outside = new Set<RequestName>(['room:join', 'room:knock']);
/** Names that were sealed: each is sent often, and stays the same text for the server. */
const rememberedNames = 200;

/** Where in an answer or a fact a text stands. */
type Place = { readonly messageId: string; readonly kind: TextKind };
type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** Whether there is anything to open. */
function holdsSealed(value: unknown): boolean {
	if (typeof value === 'string') return value.startsWith('e1.');
	return isFields(value) && Object.values(value).some(holdsSealed);
}

/**
 * Where the words of an encrypted room are sealed on their way to the server, and opened on their way to the page: names,
 * texts of messages, and what is known of files. Everything else of the page works with plain words.
 */
export class WordsBorder implements RoomBorder {
	readonly files: RoomFiles;
	frames: FrameWatch | null = null;
	readonly #keyring: Keyring;
	readonly #texts: SealedTexts;
	readonly #names = new Map<string, string>();
	/** How this page last asked the server, and the asking for older secrets. */
	#ask: Ask | null = null;
	#chain: Promise<unknown> | null = null;
	/** Facts and answers are given on in the order in which they came. */
	#last: Promise<unknown> | null = null;

	constructor(keyring: Keyring) {
		this.#keyring = keyring;
		this.#texts = new SealedTexts(keyring);
		this.files = new RoomFiles(keyring);
	}

	async ask<N extends RequestName>(ask: Ask, name: N, input: Sent<N>): Promise<Data<N>> {
		if (name === 'chat:search')
			return (await search(
				(name, input) => this.ask(ask, name, input),
				input as Sent<'chat:search'>,
			)) as Data<N>;
		this.#ask = ask;
		const { epoch } = this.#keyring;
		const sealed = await this.#sealed(name, input);
		try {
			const answer = await ask(name, sealed);
			return await this.opened(answer);
		} catch (error) {
			// Sealed while the secret changed: the server does not take it any more (ENCRYPTION-24).
			const isOlder = error instanceof CodedError && error.code === 'LINK_CHANGED';
			if (!isOlder || sealed === input || outside.has(name)) throw error;
			if (!(await this.#keyring.newerThan(epoch, patience))) throw error;
		}
		return this.ask(ask, name, input);
	}

	/** What came in another way than by an answer or a fact, with all that opens of it opened. */
	opened<T>(value: T): Promise<T> {
		return this.#inTurn(() => this.#opened(value));
	}

	hear<N extends FactName>(told: FactOf<N>, tell: (told: FactOf<N>) => void): void {
		if (!this.#last && !holdsSealed(told)) return tell(told);
		void this.#inTurn(async () => tell(await this.#opened(told)));
	}

	async #inTurn<T>(work: () => Promise<T>): Promise<T> {
		const turn = (this.#last ?? Promise.resolve()).then(work);
		const settled = turn.catch(() => undefined);
		this.#last = settled;
		try {
			return await turn;
		} finally {
			if (this.#last === settled) this.#last = null;
		}
	}

	async #sealed<N extends RequestName>(name: N, input: Sent<N>): Promise<Sent<N>> {
		const sent = input as Fields;
		switch (name) {
			case 'room:join':
			case 'room:rename':
			case 'room:knock':
			case 'room:name':
			case 'chat:enter':
				return { ...input, name: await this.#sealName(sent['name'], 'name') };
			case 'host:label':
				return { ...input, label: await this.#sealName(sent['label'], 'label') };
			case 'chat:post':
			case 'chat:edit': {
				const { messageId, draft } = input as Sent<'chat:post' | 'chat:edit'>;
				const body = await this.#sealText(draft.body ?? '', 'message', messageId);
				return { ...input, draft: { ...draft, body } };
			}
			case 'chat:correct': {
				const { messageId, body } = input as Sent<'chat:correct'>;
				const sealed = body === null ? null : await this.#sealText(body, 'correction', messageId);
				return { ...input, body: sealed };
			}
			default:
				return input;
		}
	}

	/** A message without words has none to seal. */
	#sealText(text: string, kind: TextKind, messageId: string): Promise<string> | string {
		return text === '' ? '' : this.#texts.seal(text, kind, messageId);
	}

	async #sealName(name: unknown, context: string): Promise<unknown> {
		if (typeof name !== 'string') return name;
		const key = `${this.#keyring.epoch} ${context} ${name}`;
		const known = this.#names.get(key);
		if (known !== undefined) return known;
		const sealed = await this.#keyring.sealText(name, context);
		if (this.#names.size >= rememberedNames) this.#names.clear();
		this.#names.set(key, sealed);
		return sealed;
	}

	async #opened<T>(value: T): Promise<T> {
		if (!holdsSealed(value)) return value;
		if (this.#needsOlder(value)) await this.#askOlder();
		return (await this.#openAll(value, '', { messageId: '', kind: 'message' })) as T;
	}

	/** Whether anything was sealed by a secret of before this page came. */
	#needsOlder(value: unknown): boolean {
		if (isFields(value)) return Object.values(value).some((one) => this.#needsOlder(one));
		if (typeof value !== 'string') return false;
		const isUnknown = (epoch: number) =>
			epoch < this.#keyring.epoch && !this.#keyring.textKey(epoch);
		return epochsOf(value).some(isUnknown);
	}

	/** Once for each newest secret. What it does not open is shown as a text that does not open. */
	async #askOlder(): Promise<void> {
		const { roomId, keys } = this.#keyring;
		this.#chain ??= (async () => {
			const answer = await this.#ask?.('encryption:chain', { roomId, check: keys.check });
			if (answer) await this.#keyring.openChain(answer.previous);
		})().catch(() => (this.#chain = null));
		await this.#chain;
	}

	async #openAll(value: unknown, key: string, place: Place): Promise<unknown> {
		if (typeof value === 'string') return this.#openText(value, key, place);
		if (Array.isArray(value))
			return Promise.all(value.map((one: unknown) => this.#openAll(one, key, place)));
		if (!isFields(value)) return value;
		if (typeof value['fileId'] === 'string') return this.files.opened(value as FileInfo & Fields);
		const { messageId } = value;
		const inside: Place = {
			messageId: typeof messageId === 'string' ? messageId : place.messageId,
			kind: key === 'corrections' || value['kind'] === 'correction' ? 'correction' : place.kind,
		};
		const entries = Object.entries(value).map(
			async ([name, field]) => [name, await this.#openAll(field, name, inside)] as const,
		);
		return Object.fromEntries(await Promise.all(entries));
	}

	async #openText(text: string, key: string, { messageId, kind }: Place): Promise<string> {
		switch (key) {
			case 'name':
			case 'title':
				return isSealed(text) ? ((await this.#keyring.openText(text, 'name')) ?? unknown()) : text;
			case 'label':
				return isSealed(text) ? ((await this.#keyring.openText(text, 'label')) ?? '…') : text;
			case 'body':
				if (!isSealedBody(text)) return text;
				return (await this.#texts.open(text, kind, messageId)) ?? unopenedText();
			case 'original':
				if (!isSealedBody(text)) return text;
				return (await this.#texts.open(text, 'message', messageId)) ?? unopenedText();
			case 'excerpt':
				if (!isSealed(text)) return text;
				return (await this.#texts.openExcerpt(text, messageId)) ?? unopenedText();
			default:
				return text;
		}
	}
}

/** Who or what has a name that does not open. */
const unknown = () => 'Someone';
