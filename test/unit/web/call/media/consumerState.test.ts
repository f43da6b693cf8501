import { expect, test } from 'vitest';
import {
	consumerState,
	type ConsumerFacts,
} from '#lib/features/call/engine/media/consumerState.ts';

const facts = (named: string): ConsumerFacts => ({
	present: named.includes('present'),
	announced: named.includes('announced'),
	wanted: named.includes('wanted'),
	listed: named.includes('listed'),
});

test.each([
	['present, wanted, listed', 'flowing'],
	['present, announced, wanted, listed', 'flowing'],
	['present, wanted', 'flowing'],
	['present, listed', 'over'],
	['present, announced, listed', 'over'],
	['announced, listed', 'ready'],
	['announced, wanted, listed', 'ready'],
	['announced', 'ready'],
	['wanted, listed', 'over'],
	['listed', 'over'],
	// In the lobby, before the list of peers: consumers are built for the first page.
	['wanted', 'flowing'],
	['', 'flowing'],
] as const)('a consumer of which is known: %s is %s', (known, state) => {
	expect(consumerState(facts(known))).toBe(state);
});
