import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RoomId } from '../../../shared/ids.ts';
import type { BotReport } from '../bots/botReport.ts';
import type { FromBots, PlannedBot, Progress, ToBots } from '../bots/messages.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { scenarios, type ScenarioName } from '../scenarios/scenarios.ts';
import { Ended } from './exits.ts';
import { pictureOf, type RunOptions } from './options.ts';

const botProcess = fileURLToPath(new URL('../bots/botProcess.ts', import.meta.url));

/** How long processes may take for their reports beyond what bots may wait, in ms. */
const reportPatience = 15_000;

/** How long processes may take until their bots have left, in ms. */
const leavePatience = 2000;

const nothing: Progress = { joined: 0, settled: 0, errors: 0, bytes: 0 };

/** What the bots of all processes came to. `cpu`: what the processes took of a core, in ms. */
export type Reports = { bots: BotReport[]; cpu: number };

/** All bots, in the processes that hold them. They end with this process, whatever ends it. */
export class BotProcesses {
	readonly #children: ChildProcess[];
	readonly #progress = new Map<ChildProcess, Progress>();
	readonly #ready = new Set<ChildProcess>();
	readonly #left = new Set<ChildProcess>();
	readonly #reports = new Map<ChildProcess, Reports>();
	/** What waits for something that a process says. */
	readonly #waiting = new Set<() => void>();
	#failure: Ended | null = null;
	#ending = false;

	/** Has so many processes load the code of these bots. */
	constructor(scenario: ScenarioName, bots: readonly PlannedBot[], processes: number) {
		this.#children = Array.from({ length: processes }, (_, index) => {
			const child = fork(botProcess, {
				// Types are taken from the client's code by Node, whose way is not settled yet.
				execArgv: ['--disable-warning=ExperimentalWarning'],
				stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
			});
			child.on('message', (message: FromBots) => this.#hear(child, message));
			child.on('exit', () => this.#onExit(child));
			const those = bots.filter(({ plan }) => plan.id % processes === index);
			this.#say(child, { kind: 'bots', scenario, bots: those });
			return child;
		});
	}

	/** How all bots are now. */
	get progress(): Progress {
		const all = [...this.#progress.values()];
		const sum = (of: keyof Progress) => all.reduce((total, each) => total + each[of], 0);
		const [joined, settled] = [sum('joined'), sum('settled')];
		return { joined, settled, errors: sum('errors'), bytes: sum('bytes') };
	}

	/** Resolves when the code of all bots is loaded. @throws {Ended} where there is no WebRTC. */
	ready(): Promise<void> {
		return this.#until(() => this.#ready.size === this.#children.length);
	}

	/** Sends all into their rooms. Resolves when each is inside or has given up. */
	async join(bots: number): Promise<void> {
		this.#sayAll({ kind: 'join' });
		await this.#until(() => this.progress.settled === bots);
	}

	begin(): void {
		this.#sayAll({ kind: 'begin' });
	}

	/**
	 * Ends the load. @param settling for how long bots that miss something wait for it, in ms.
	 *
	 * @returns what came of it, as far as the processes tell.
	 */
	async end(settling: number): Promise<Reports> {
		this.#ending = true;
		this.#sayAll({ kind: 'end', settling });
		await this.#all((child) => this.#reports.has(child), settling + reportPatience);
		const reports = [...this.#reports.values()];
		return {
			bots: reports.flatMap(({ bots }) => bots),
			cpu: reports.reduce((sum, { cpu }) => sum + cpu, 0),
		};
	}

	/** Has the bots leave their rooms, so that the service does not keep their places. */
	async leave(): Promise<void> {
		this.#sayAll({ kind: 'leave' });
		await this.#all((child) => this.#left.has(child), leavePatience);
	}

	/** Ends the processes. Resolves when none is left. */
	async close(): Promise<void> {
		this.#ending = true;
		const running = this.#children.filter((child) => !isOver(child));
		for (const child of running) child.kill('SIGKILL');
		await Promise.all(running.map((child) => once(child, 'exit')));
	}

	#hear(child: ChildProcess, message: FromBots): void {
		switch (message.kind) {
			case 'no-webrtc':
				this.#failure ??= new Ended(
					'noWebRtc',
					`WebRTC for Node cannot be loaded: @roamhq/wrtc is not installed, or has no binary for ${process.platform}-${process.arch}.`,
				);
				break;
			case 'ready':
				this.#ready.add(child);
				break;
			case 'left':
				this.#left.add(child);
				break;
			case 'progress':
				this.#progress.set(child, message);
				break;
			case 'reports':
				this.#reports.set(child, { bots: message.reports, cpu: message.cpu });
				break;
		}
		this.#look();
	}

	#onExit(child: ChildProcess): void {
		const { exitCode, signalCode } = child;
		if (!this.#ending)
			this.#failure ??= new Ended(
				'incomplete',
				`A process of bots ended by itself (${signalCode ?? exitCode}).`,
			);
		this.#progress.set(child, { ...nothing, ...this.#progress.get(child) });
		this.#look();
	}

	/** Resolves when this holds for all processes that run, or after so many ms. */
	async #all(holds: (child: ChildProcess) => boolean, most: number): Promise<void> {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const late = new Promise<void>((resolve) => {
			timer = setTimeout(resolve, most);
		});
		const all = () => this.#children.every((child) => holds(child) || isOver(child));
		await Promise.race([this.#until(all), late]);
		clearTimeout(timer);
	}

	async #until(holds: () => boolean): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			const look = () => {
				if (this.#failure) reject(this.#failure);
				else if (holds()) resolve();
				else return;
				this.#waiting.delete(look);
			};
			this.#waiting.add(look);
			look();
		});
	}

	#look(): void {
		for (const look of [...this.#waiting]) look();
	}

	#say(child: ChildProcess, message: ToBots): void {
		// One that has ended hears nothing, and tells nothing later.
		if (child.connected) child.send(message, () => undefined);
	}

	#sayAll(message: ToBots): void {
		for (const child of this.#children) this.#say(child, message);
	}
}

const isOver = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

/**
 * All bots of a run: the first of each room first, so that the rooms fill evenly.
 *
 * @param roomIds where they meet.
 * @param certificate the folder with that of all bots, where they send prepared packets; else null.
 */
export function planBots(
	options: RunOptions,
	roomIds: readonly RoomId[],
	certificate: string | null,
): PlannedBot[] {
	const { url, scenario: name, peers, video, framesPerSecond, ramp } = options;
	const scenario: Scenario = scenarios[name];
	const picture = pictureOf(video);
	const devices = (place: number) => {
		const { microphone, camera, screen = false } = scenario.devices(place);
		return { microphone, camera: camera && picture !== null, screen };
	};
	const places = Array.from({ length: peers }, (_, place) => devices(place));
	const bots = places.flatMap((_, place) => roomIds.map((roomId) => ({ roomId, place })));
	return bots.map(({ roomId, place }, id) => {
		const others = scenario.steady ? places.filter((_, at) => at !== place) : [];
		return {
			after: (ramp * 1000 * id) / Math.max(1, bots.length - 1),
			plan: {
				...{ id, roomId, place },
				page: {
					url,
					camera: { ...(picture ?? { width: 320, height: 180 }), framesPerSecond },
					on: devices(place),
					...(certificate !== null && { bulk: certificate }),
				},
				others: {
					sound: others.filter(({ microphone }) => microphone).length,
					pictures: others.filter(({ camera }) => camera).length,
					screens: others.filter(({ screen }) => screen).length,
				},
			},
		};
	});
}
