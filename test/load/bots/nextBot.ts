import type { MatchObserver, Partner } from '../../../web/src/lib/features/match/engine/model.ts';
import { BotRecord, joinPatience, type BotPlan } from './botRecord.ts';
import { observerOf } from './observerOf.ts';
import { loadClient, type ClientCode } from './pageModules.ts';
import { withPatience } from './patience.ts';
import type { WebRtc } from './webrtc.ts';

/** The marks of the client between the press on Next and the first picture of the next partner. */
const marks = ['next-answered', 'next-found', 'consumers-built', 'resumed', 'first-frame'] as const;

/** A client of the service that meets strangers by video: the project's own, on a page of its own. */
export class NextBot {
	readonly record: BotRecord;
	#client: Pick<ClientCode, 'Matching'> | null = null;
	#matching: InstanceType<ClientCode['Matching']> | null = null;
	#partner: Partner | null = null;
	/** Whether Next was pressed since what came of it was noted. */
	#pressed = false;

	constructor(plan: BotPlan, webRtc: WebRtc) {
		this.record = new BotRecord(plan, webRtc);
	}

	get plan(): BotPlan {
		return this.record.plan;
	}

	/** Loads the client's code. To be done before the first bot of the process begins. */
	async load(): Promise<void> {
		this.#client = await loadClient(this.record.page, 'next');
	}

	/** Whether it waits for a partner or has one. */
	get inside(): boolean {
		return this.record.phase === 'waiting' || this.record.phase === 'matched';
	}

	/** Opens the page and presses Start. @returns whether it waits for a partner then, or has one. */
	join(): Promise<boolean> {
		const { record } = this;
		return this.record.join(async () => {
			if (!this.#client) throw new Error('The bot is not loaded.');
			await record.timed('session', () => record.page.load());
			const observer = observerOf<MatchObserver>((name, told) => this.#onTold(name, told));
			const name = `Bot ${this.plan.id + 1}`;
			const choice = { mode: 'video', interests: [], language: null, name } as const;
			const matching = (this.#matching = new this.#client.Matching(choice, observer));
			await record.timed('ready', () => {
				matching.open();
				return record.until(() => record.phase === 'ready', joinPatience);
			});
			await record.timed('joined', () => withPatience(matching.start(true), joinPatience));
		});
	}

	/** Resolves when there is a partner, or as soon as the signal is aborted. */
	async met(signal: AbortSignal): Promise<void> {
		const look = () => this.record.look();
		signal.addEventListener('abort', look, { once: true });
		try {
			await this.record.until(() => this.#partner !== null || signal.aborted, null);
		} finally {
			signal.removeEventListener('abort', look);
		}
	}

	/** Presses Next. What the service has against it is in the report. */
	async next(): Promise<void> {
		this.notePress();
		this.#pressed = true;
		await this.#matching?.next().catch(() => undefined);
	}

	/** Notes the steps from the last press to the picture of the partner. */
	notePress(): void {
		if (this.#pressed) this.record.noteMarks('next', marks);
		this.#pressed = false;
	}

	close(): void {
		this.#matching?.close();
	}

	#onTold<N extends keyof MatchObserver>(name: N, told: unknown): void {
		const { record } = this;
		if (name === 'phase') record.phase = (told as { kind: string }).kind;
		if (name === 'partner') {
			this.#partner = told as Partner | null;
			record.meet(this.#partner?.peer ? [this.#partner.peer] : []);
		}
		record.look();
	}
}
