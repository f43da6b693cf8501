import { expect, serviceUrl, test } from '../support/browser.ts';
import { exits } from '../load/run/exits.ts';
import { LoadTool } from '../support/loadTool.ts';

test('the probe of the load tool measures from the pixels and the sound of a page how old they are', async () => {
	const size = ['--rooms', '1', '--peers', '2', '--video', '180p', '--fps', '5', '--ramp', '0'];
	const what = ['--scenario', 'share', '--probe', '--seconds', '5'];
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
