import { expect, it } from 'vitest';
import { diagnostics, note } from '../../../../web/src/lib/browser/diagnostics.ts';

it('keeps the newest 500 lines, the oldest first', () => {
	for (let number = 0; number < 600; number++) note('connection', 'state', { number });
	const kept = diagnostics();
	expect(kept).toHaveLength(500);
	expect(kept[0]?.about).toEqual({ number: 100 });
	expect(kept.at(-1)?.about).toEqual({ number: 599 });
});

it('says when something happened, in ms since 1970', () => {
	const before = Date.now();
	note('media', 'subscription', { consumers: 2 });
	const line = diagnostics().at(-1);
	expect(line).toMatchObject({ area: 'media', what: 'subscription', about: { consumers: 2 } });
	expect(line?.at).toBeGreaterThanOrEqual(before);
});
