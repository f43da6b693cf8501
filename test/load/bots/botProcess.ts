import { scenarios } from '../scenarios/scenarios.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { Bot, pause } from './bot.ts';
import type { FromBots, ToBots } from './messages.ts';
import { loadWebRtc, type WebRtc } from './webrtc.ts';

/* A process that holds some of the bots, and does what the tool says. It ends with the tool. */

/** How often it is looked at what is received, and how often each bot looks at how old a picture is, in ms. */
const look = { received: 1000, picture: 2000 } as const;

/** How long it takes until what a bot says last has left the process, in ms. */
const farewell = 200;

type Do<K extends ToBots['kind']> = Extract<ToBots, { kind: K }>;

class BotProcess {
	readonly #webRtc: WebRtc;
	readonly #bots: Bot[] = [];
	readonly #after = new Map<Bot, number>();
	readonly #over = new AbortController();
	#scenario: Scenario | null = null;
	/** Bots that are inside, or have given up. */
	#settled = 0;
	#acts: Promise<unknown> = Promise.resolve();
	#usage = process.cpuUsage();

	constructor(webRtc: WebRtc) {
		this.#webRtc = webRtc;
	}

	async take(message: ToBots): Promise<void> {
		switch (message.kind) {
			case 'bots':
				return this.#load(message);
			case 'join':
				return this.#join();
			case 'begin':
				return this.#begin();
			case 'end':
				return this.#end(message);
			case 'leave':
				return this.#leave();
		}
	}

	async #load({ scenario, bots }: Do<'bots'>): Promise<void> {
		this.#scenario = scenarios[scenario];
		for (const { plan, after } of bots) {
			const bot = new Bot(plan, this.#webRtc);
			await bot.load();
			this.#bots.push(bot);
			this.#after.set(bot, after);
		}
		say({ kind: 'ready' });
	}

	#join(): void {
		for (const bot of this.#bots) void this.#joinLater(bot, this.#after.get(bot) ?? 0);
		void this.#watch();
	}

	async #joinLater(bot: Bot, after: number): Promise<void> {
		await pause(after, this.#over.signal);
		if (this.#over.signal.aborted) return;
		await bot.join();
		this.#settled++;
		this.#tellProgress();
	}

	async #watch(): Promise<void> {
		const { signal } = this.#over;
		let pictures = performance.now();
		while (!signal.aborted) {
			await pause(look.received, signal);
			await Promise.all(this.#bots.map((bot) => bot.sample()));
			this.#tellProgress();
			if (performance.now() < pictures) continue;
			pictures = performance.now() + look.picture;
			await Promise.all(this.#bots.map((bot) => bot.measurePicture()));
		}
	}

	async #begin(): Promise<void> {
		this.#usage = process.cpuUsage();
		await Promise.all(this.#bots.map((bot) => bot.begin()));
		const { act } = this.#scenario ?? {};
		if (!act) return;
		const inside = this.#bots.filter((bot) => bot.inside);
		this.#acts = Promise.allSettled(inside.map((bot) => act(bot, this.#over.signal)));
	}

	async #end({ settling }: Do<'end'>): Promise<void> {
		const { user, system } = process.cpuUsage(this.#usage);
		this.#over.abort();
		const late = performance.now() + settling;
		await Promise.race([this.#acts, pause(settling)]);
		for (;;) {
			await Promise.all(this.#bots.map((bot) => bot.sample()));
			if (this.#bots.every((bot) => bot.complete) || performance.now() >= late) break;
			await pause(look.received / 4);
		}
		const reports = this.#bots.map((bot) => bot.report);
		say({ kind: 'reports', reports, cpu: (user + system) / 1000 });
	}

	async #leave(): Promise<void> {
		for (const bot of this.#bots) bot.close();
		await pause(farewell);
		say({ kind: 'left' });
	}

	#tellProgress(): void {
		const sum = (of: (bot: Bot) => number) => this.#bots.reduce((all, bot) => all + of(bot), 0);
		say({
			kind: 'progress',
			joined: sum(({ inside }) => Number(inside)),
			settled: this.#settled,
			errors: sum(({ failures }) => failures),
			bytes: sum(({ bytes }) => bytes),
		});
	}
}

const say = (message: FromBots): void => void process.send?.(message);

// The tool ends its processes itself, so that none is cut short by a Ctrl+C that was meant for the tool. At the end of the
// process WebRTC would not find the engine that it belongs to, so that the process is killed.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const webRtc = await loadWebRtc().catch(() => null);
if (webRtc) {
	const bots = new BotProcess(webRtc);
	process.on('message', (message: ToBots) => void bots.take(message));
} else say({ kind: 'no-webrtc' });
