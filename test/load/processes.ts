import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright';
import { ensureChromium } from '../../setup/chromium.mjs';
import { launchOptions } from '../support/browser.ts';
import {
	serviceFolder,
	startServiceProcess,
	type ServiceProcess,
} from '../support/serviceProcess.ts';
import type { Measurement } from './measurement.ts';
import type { MediaState } from './mediaStates.ts';

const mediaStates = fileURLToPath(new URL('./mediaStates.ts', import.meta.url));

/** A service in a process of its own, whose media engine can be looked into. */
export type MeasuredService = Pick<ServiceProcess, 'url' | 'pid'> & {
	/** What the media engine does with videos now. */
	media(): Promise<MediaState[]>;
};

type ServiceOptions = {
	folder?: string;
	environment?: Record<string, string>;
	/** The `sfu/main.ts` of another revision; without, that of this one. */
	program?: string;
};

/** A service that ends with the measurement, and its folder with it. */
export async function serviceOf(
	measurement: Measurement,
	{ folder = serviceFolder(), environment = {}, program }: ServiceOptions = {},
): Promise<MeasuredService> {
	let child: ChildProcess | undefined;
	measurement.owns('the folder of the service', () =>
		rmSync(folder, { recursive: true, force: true }),
	);
	const look = {
		node: [`--import=${mediaStates}`],
		began: (started: ChildProcess) => (child = started),
		// All but its greeting.
		said: (words: string) => void (words.startsWith('Media on') || console.error(words)),
	};
	const service = await startServiceProcess(
		folder,
		{ PARLEY_LOG_LEVEL: 'error', ...environment },
		look,
		program,
	);
	measurement.owns('the service', () => service.close());
	return {
		url: service.url,
		pid: service.pid,
		media: async () => {
			if (!child) throw new Error('the service has no process');
			const answer = once(child, 'message', { signal: AbortSignal.timeout(5000) });
			child.send('media');
			const [states] = (await answer) as [MediaState[]];
			return states;
		},
	};
}

/** A browser that ends with the measurement, and before it with a signal: it is the one that the tests take. */
export async function browserOf(measurement: Measurement): Promise<Browser> {
	const executablePath = await ensureChromium(process.execPath);
	const browser = await chromium.launch({
		...launchOptions,
		executablePath,
		// The measurement hears signals, and closes what it owns.
		...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
	});
	measurement.owns('the browser', () => browser.close());
	return browser;
}
