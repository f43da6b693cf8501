import { peopleRange } from './guests.ts';

/** How a demo begins. */
export type DemoOptions = {
	seed: number;
	/** Oneself included. */
	people: number;
	/** Whether nobody does anything by themselves. */
	paused: boolean;
};

/** Reads `?seed=1&people=9&paused`. What is missing or makes no sense is as usual. */
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
