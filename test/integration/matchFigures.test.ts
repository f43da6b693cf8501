import { expect, test } from 'vitest';
import type { Cast } from '../support/client.ts';
import { figure } from '../support/figure.ts';
import type { Service } from '../support/service.ts';
import { Stranger, twoMet } from '../support/stranger.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
let service: Service;
withService((on) => ({ cast, service } = on), {});

test('/metrics tells who waits and who is together, how long they waited, and what is reported', async () => {
	expect(await figure(service, 'parley_waiting')).toBe(0);
	const { ann, ben, matchId } = await twoMet(cast);
	expect(await figure(service, 'parley_matches')).toBe(1);
	expect(await figure(service, 'parley_waiting')).toBe(0);
	// Two for each match; whoever comes to somebody who waits has waited for nobody.
	expect(await figure(service, 'parley_match_wait_seconds_count')).toBe(2);
	expect(await figure(service, 'parley_match_wait_seconds_bucket{le="300"}')).toBe(2);
	const cyd = await Stranger.enter(cast);
	await cyd.start();
	expect(await figure(service, 'parley_waiting')).toBe(1);
	await ann.client.ask('match:report', { matchId, reason: 'spam', words: '', block: false });
	expect(await figure(service, 'parley_reports_total{reason="spam"}')).toBe(1);
	for (const { client } of [ann, ben, cyd]) await client.ask('match:stop', {});
	expect(await figure(service, 'parley_matches')).toBe(0);
	expect(await figure(service, 'parley_waiting')).toBe(0);
});
