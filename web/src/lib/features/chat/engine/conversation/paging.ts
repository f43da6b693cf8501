import type { ChatAddress, PageFrom } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { Data } from '#shared/protocol.ts';
import type { Ask } from '#lib/connection/signalClient.ts';
import type { ChatLog } from './chatLog.ts';
import type { Loading } from '../model.ts';

/** Messages that are asked for at once, when a part begins and when it grows. */
const firstPage = 80;
const nextPage = 100;
/** How many missed changes are requested together, and how often, before loading a new part is cheaper. */
const changesPage = 200;
const changesRounds = 4;
/** How long a gap may take to close without a request, and the pause after a failure, in ms. */
const gapPause = 250;
const failurePause = 3000;

export type PagingOptions = {
	chat: ChatAddress;
	log: ChatLog;
	ask: Ask;
	/** Whether the server can be asked. Pages requested meanwhile wait for `resume`. */
	ready(): boolean;
	/** The log has changed. */
	changed(): void;
	loading(loading: Loading): void;
	/** This message is to be brought into view. */
	target(seq: number): void;
};

type Direction = 'page' | 'before' | 'after';
type Job = { kind: Direction; from: () => PageFrom; limit: number; done: (ok: boolean) => void };

/**
 * Loads pages of one conversation into its log, one at a time. A jump replaces the page that is under way. Closes the
 * gaps that a lost connection leaves.
 */
export class Paging {
	readonly #options: PagingOptions;
	#job: Job | null = null;
	#asking = false;
	#catching = false;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#closed = false;

	constructor(options: PagingOptions) {
		this.#options = options;
	}

	/** Loads a new part of the chat from there. Resolves with whether that succeeded: false if a later jump replaced it. */
	jump(from: PageFrom): Promise<boolean> {
		this.#job?.done(false);
		return this.#start({ kind: 'page', from: () => from, limit: firstPage });
	}

	/** Brings a message into view. */
	async to(seq: number): Promise<void> {
		const { log, target } = this.#options;
		const there = log.loaded && seq >= log.start && seq <= log.end;
		if (there || (await this.jump({ kind: 'around', seq }))) target(seq);
	}

	/** Brings the first message since this moment into view, or the end if there is none. */
	async since(at: number): Promise<void> {
		const { log, target } = this.#options;
		if (!(await this.jump({ kind: 'since', at }))) return;
		const [first] = log.messages;
		if (first) target(first.seq);
		else await this.jump({ kind: 'latest' });
	}

	/** Loads the end, if it is not loaded. */
	async latest(): Promise<void> {
		const { log, loading } = this.#options;
		if (!log.loaded || log.hasAfter) await this.jump({ kind: 'latest' });
		else if (!this.#job) loading({ kind: 'idle' });
	}

	before(): Promise<boolean> {
		const { log } = this.#options;
		if (!log.hasBefore) return Promise.resolve(false);
		return this.#grow('before', () => ({ kind: 'before', seq: log.start }));
	}

	after(): Promise<boolean> {
		const { log } = this.#options;
		if (!log.hasAfter) return Promise.resolve(false);
		return this.#grow('after', () => ({ kind: 'after', seq: log.end }));
	}

	/** The server listens again: waiting requests continue, and missed changes are requested. */
	resume(): void {
		void this.#run();
		if (this.#options.log.behind) void this.#catchUp();
	}

	/** Facts arrived. If something is missing before them and does not come soon, it is requested. */
	check(): void {
		if (!this.#options.log.behind || this.#closed) return;
		this.#timer ??= setTimeout(() => this.#retry(), gapPause);
	}

	close(): void {
		this.#closed = true;
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#job?.done(false);
		this.#job = null;
	}

	#grow(kind: 'before' | 'after', from: () => PageFrom): Promise<boolean> {
		// One direction at a time. Scrolling near the other end asks again.
		return this.#job ? Promise.resolve(false) : this.#start({ kind, from, limit: nextPage });
	}

	#start(job: Omit<Job, 'done'>): Promise<boolean> {
		return new Promise((resolve) => {
			this.#job = { ...job, done: resolve };
			this.#options.loading({ kind: job.kind });
			void this.#run();
		});
	}

	async #run(): Promise<void> {
		const { chat, log, ask, changed, loading } = this.#options;
		if (this.#asking) return;
		this.#asking = true;
		for (let job = this.#job; job && this.#options.ready(); job = this.#job) {
			let page: Data<'chat:page'> | null = null;
			let failure: unknown = null;
			try {
				page = await ask('chat:page', { chat, from: job.from(), limit: job.limit });
			} catch (error) {
				failure = error;
			}
			if (this.#closed || job !== this.#job) continue;
			// Lost with the connection: it is asked again when that is back.
			if (!page && !this.#options.ready()) break;
			this.#job = null;
			if (page && job.kind === 'page') log.replace(page);
			else if (page) log.extend(page);
			loading(page ? { kind: 'idle' } : { kind: 'failed', problem: sentence(failure) });
			if (page) changed();
			job.done(page !== null);
			this.check();
		}
		this.#asking = false;
	}

	#retry(): void {
		this.#timer = null;
		if (this.#options.log.behind) void this.#catchUp();
	}

	/** Requests what was missed. If that is more than a page of the end, loads a new part there. */
	async #catchUp(): Promise<void> {
		const { chat, log, ask, ready, changed } = this.#options;
		if (this.#catching) return;
		this.#catching = true;
		try {
			for (let round = 0; log.behind && ready() && !this.#closed; round++) {
				if (round === changesRounds) {
					this.#beginAnew();
					break;
				}
				const input = { chat, revision: log.synced, limit: changesPage };
				log.changes(await ask('chat:changes', input));
				changed();
			}
		} catch {
			if (ready() && !this.#closed) this.#timer ??= setTimeout(() => this.#retry(), failurePause);
		}
		this.#catching = false;
	}

	#beginAnew(): void {
		const { log } = this.#options;
		if (this.#job?.kind === 'page') return;
		const middle = Math.floor((log.start + log.end) / 2);
		const atEnd = log.follows && log.reader === 'end';
		void this.jump(atEnd ? { kind: 'latest' } : { kind: 'around', seq: middle });
	}
}

function sentence(error: unknown): string {
	return error instanceof CodedError ? error.message : new CodedError('INTERNAL').message;
}
