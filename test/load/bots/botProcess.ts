import { scenarios } from '../scenarios/scenarios.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { BotPlan, BotRecord } from './botRecord.ts';
import type { FromBots, ToBots } from './messages.ts';
import { NextBot } from './nextBot.ts';
import { pause } from './patience.ts';
import { RoomBot } from './roomBot.ts';
import { loadWebRtc, type WebRtc } from './webrtc.ts';

/* A process that holds some of the bots, and does what the tool says. It ends with the tool. */

/** How often it is looked at what is received, and how often each bot looks at how old a picture is, in ms. */
const look = { received: 1000, picture: 2000 } as const;

/** How long it takes until what a bot says last has left the process, in ms. */
const farewell = 200;

/** A bot, and what it does while the load is on. */
type Player = {
	bot: RoomBot | NextBot;
	/** How long after the first one it joins, in ms. */
	after: number;
	act(signal: AbortSignal): Promise<void>;
};

type Do<K extends ToBots['kind']> = Extract<ToBots, { kind: K }>;

class BotProcess {
	readonly #webRtc: WebRtc;
	readonly #players: Player[] = [];
	readonly #over = new AbortController();
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
		for (const { plan, after } of bots) {
			const player = { ...playerOf(scenarios[scenario], plan, this.#webRtc), after };
			await player.bot.load();
			this.#players.push(player);
		}
		say({ kind: 'ready' });
	}

	#join(): void {
		for (const player of this.#players) void this.#joinLater(player);
		void this.#watch();
	}

	async #joinLater({ bot, after }: Player): Promise<void> {
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
			await Promise.all(this.#records.map((record) => record.sample()));
			this.#tellProgress();
			if (performance.now() < pictures) continue;
			pictures = performance.now() + look.picture;
			await Promise.all(this.#records.map((record) => record.measurePicture()));
		}
	}

	async #begin(): Promise<void> {
		this.#usage = process.cpuUsage();
		await Promise.all(this.#records.map((record) => record.begin()));
		const inside = this.#players.filter(({ bot }) => bot.inside);
		this.#acts = Promise.allSettled(inside.map(({ act }) => act(this.#over.signal)));
	}

	async #end({ settling }: Do<'end'>): Promise<void> {
		const { user, system } = process.cpuUsage(this.#usage);
		this.#over.abort();
		const late = performance.now() + settling;
		await Promise.race([this.#acts, pause(settling)]);
		for (;;) {
			await Promise.all(this.#records.map((record) => record.sample()));
			if (this.#records.every(({ complete }) => complete) || performance.now() >= late) break;
			await pause(look.received / 4);
		}
		const reports = this.#players.map(({ bot }) => bot.record.report(bot.inside));
		say({ kind: 'reports', reports, cpu: (user + system) / 1000 });
	}

	async #leave(): Promise<void> {
		for (const { bot } of this.#players) bot.close();
		await pause(farewell);
		say({ kind: 'left' });
	}

	#tellProgress(): void {
		const sum = (of: (record: BotRecord) => number) =>
			this.#records.reduce((all, record) => all + of(record), 0);
		say({
			kind: 'progress',
			joined: this.#players.filter(({ bot }) => bot.inside).length,
			settled: this.#settled,
			errors: sum(({ failures }) => failures),
			bytes: sum(({ bytes }) => bytes),
		});
	}

	get #records(): BotRecord[] {
		return this.#players.map(({ bot }) => bot.record);
	}
}

function playerOf(scenario: Scenario, plan: BotPlan, webRtc: WebRtc): Omit<Player, 'after'> {
	if (scenario.meets === 'strangers') {
		const bot = new NextBot(plan, webRtc);
		return { bot, act: (signal) => scenario.act(bot, signal) };
	}
	const bot = new RoomBot(plan, webRtc);
	return {
		bot,
		async act(signal) {
			if (plan.page.on.screen) await bot.share();
			await scenario.act?.(bot, signal);
		},
	};
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
