import { peopleRange } from './guests.ts';

/** How a demo begins. */
export type DemoOptions = {
	seed: number;
	/** The person themselves included. */
	people: number;
	/** Whether the simulated people do nothing on their own. */
	paused: boolean;
};

/** Reads `?seed=1&people=9&paused`. A value that is missing or makes no sense gets its default. */
export function demoOptions(search: Pick<URLSearchParams, 'get' | 'has'>): DemoOptions {
	const { least, usual, most } = peopleRange;
	return {
		seed: wholeNumber(search.get('seed')) ?? 1,
		people: Math.min(most, Math.max(least, wholeNumber(search.get('people')) ?? usual)),
		paused: search.has('paused'),
	};
}

function wholeNumber(text: string | null): number | null {
	return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
