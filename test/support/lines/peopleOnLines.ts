import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser } from 'playwright';
import { ensureChromium } from '../../../setup/chromium.mjs';
import { newRoomId } from '../../../shared/ids.ts';
import { launchOptions, Person } from '../browser.ts';
import { fakeScreen } from '../fakeMedia.ts';
import type { NetworkNamespace } from '../networkNamespace.ts';
import { startServiceProcess, type ServiceProcess } from '../serviceProcess.ts';
import { watchCall } from './callWatch.ts';
import { LineRelay } from './lineRelay.ts';
import { announced, listened, Machines, type Line } from './machines.ts';
import { writeSpeech } from './speech.ts';

const httpPort = 3000;
const mediaPort = 40_000;
const url = `http://${announced}:${httpPort}`;

/** Somebody in a browser on a machine of their own. */
export type PersonOnLine = { person: Person; line: Line; relay: LineRelay };

/** The service and people in a room, each on a machine of their own, with lines that can be made worse. */
export class PeopleOnLines {
	readonly roomId = newRoomId();
	readonly people: PersonOnLine[] = [];
	readonly #folder: string;
	readonly #machines: Machines;
	readonly #browsers: Browser[] = [];
	#service: ServiceProcess | null = null;
	#relay: LineRelay | null = null;

	private constructor(folder: string, machines: Machines) {
		this.#folder = folder;
		this.#machines = machines;
	}

	/** Everybody is in the lobby of the room, with a voice that never pauses. */
	static async start(names: readonly string[]): Promise<PeopleOnLines> {
		const folder = await mkdtemp(path.join(tmpdir(), 'parley-lines-'));
		const all = new PeopleOnLines(folder, await Machines.make(names.length));
		try {
			await all.#begin(names);
			return all;
		} catch (error) {
			await all.close();
			throw error;
		}
	}

	async #begin(names: readonly string[]): Promise<void> {
		const { within } = this.#machines.server;
		const ports = { port: mediaPort, announced, listened };
		this.#relay = await LineRelay.start(ports, within);
		this.#service = await startServiceProcess(
			undefined,
			{
				PARLEY_HTTP_PORT: String(httpPort),
				PARLEY_HTTP_ADDRESS: '',
				PARLEY_MEDIA_PORT: String(mediaPort),
				PARLEY_MEDIA_LISTENADDRESS: listened,
				PARLEY_MEDIA_ANNOUNCEDADDRESS: announced,
			},
			undefined,
			undefined,
			within,
		);
		await writeSpeech(path.join(this.#folder, 'speech.wav'));
		for (const [index, line] of this.#machines.lines.entries()) {
			const browser = await this.#launch(line.client);
			this.#browsers.push(browser);
			const person = await Person.open(browser, names[index] ?? '', { baseURL: url });
			await person.context.addInitScript(fakeScreen);
			await watchCall(person.page);
			this.people.push({ person, line, relay: this.#relay });
		}
	}

	/** A browser on that machine. */
	async #launch({ name, within }: NetworkNamespace): Promise<Browser> {
		const program = path.join(this.#folder, name);
		const [command, args] = within(await ensureChromium(process.execPath), []);
		await writeFile(program, `#!/bin/sh\nexec ${[command, ...args].join(' ')} "$@"\n`, {
			mode: 0o755,
		});
		return chromium.launch({
			executablePath: program,
			args: [
				...launchOptions.args,
				`--unsafely-treat-insecure-origin-as-secure=${url}`,
				`--use-file-for-fake-audio-capture=${path.join(this.#folder, 'speech.wav')}`,
			],
		});
	}

	async close(): Promise<void> {
		await Promise.allSettled(this.#browsers.map((browser) => browser.close()));
		await this.#service?.close();
		await this.#relay?.close();
		await this.#machines.close();
		await rm(this.#folder, { recursive: true, force: true });
	}
}
