import { expect, serviceUrl, test } from '../support/browser.ts';
import { exits } from '../load/run/exits.ts';
import { LoadTool } from '../support/loadTool.ts';
import { startServiceProcess } from '../support/serviceProcess.ts';

test('the probe of the load tool measures from the pixels and the sound of a page how old they are', async () => {
	const size = ['--rooms', '1', '--peers', '2', '--video', '180p', '--fps', '5', '--ramp', '0'];
	const what = ['--scenario', 'share', '--probe', '--seconds', '10'];
	const run = new LoadTool(['--url', serviceUrl, ...size, ...what]);
	try {
		expect(await run.exit, run.said).toBe(exits.complete);
		const { bots, probe } = run.report.summary;
		// The two bots send, and the probe is none of them.
		expect(bots).toEqual({ asked: 2, inside: 2, complete: 2 });
		expect(probe).toMatchObject({ failures: [], streams: 3, voices: 2 });
		expect(probe?.pictureDelay?.p50).toBeGreaterThan(0);
		expect(probe?.soundDelay?.count).toBeGreaterThan(0);
		expect(run.said).toContain('camera to screen');
		expect(run.lives).toBe(false);
	} finally {
		run.close();
	}
});

test('a probe that does not get in is said to have failed, and what the bots measured is kept', async () => {
	const service = await startServiceProcess(undefined, { PARLEY_ROOMS_MAXPEERS: '1' });
	const size = ['--rooms', '1', '--peers', '1', '--video', 'none', '--ramp', '0'];
	const run = new LoadTool(['--url', service.url, ...size, '--probe', '--seconds', '1']);
	try {
		expect(await run.exit, run.said).toBe(exits.incomplete);
		expect(run.said).toContain('The probe failed: the page says "');
		expect(run.report.summary.bots).toEqual({ asked: 1, inside: 1, complete: 1 });
	} finally {
		run.close();
		await service.close();
	}
});
