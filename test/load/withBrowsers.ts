import { chromium, type Browser } from 'playwright';
import { ensureChromium } from '../../setup/chromium.mjs';
import { launchOptions } from '../support/browser.ts';
import { startServiceProcess, type ServiceProcess } from '../support/serviceProcess.ts';

/**
 * Measures with so many browsers and a service of its own, each in a process of its own. All of them end
 * with the measurement, whatever came of it; the browser is the one that the tests take.
 */
export async function withBrowsers(
	count: number,
	measure: (service: ServiceProcess, ...browsers: Browser[]) => Promise<void>,
	folder?: string,
	environment: Record<string, string> = {},
): Promise<void> {
	const executablePath = await ensureChromium(process.execPath);
	const service = await startServiceProcess(folder, environment);
	const browsers: Browser[] = [];
	try {
		while (browsers.length < count)
			browsers.push(await chromium.launch({ ...launchOptions, executablePath }));
		await measure(service, ...browsers);
	} finally {
		await Promise.allSettled(browsers.map((browser) => browser.close()));
		await service.close();
	}
}
