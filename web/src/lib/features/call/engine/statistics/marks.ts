/** The steps from the click on Join, or on Next, to the first remote picture, in order. */
const steps = [
	'join',
	'next',
	'next-answered',
	'next-found',
	'join-sent',
	'join-answered',
	'consumers-built',
	'resumed',
	'first-frame',
] as const;
export type Step = (typeof steps)[number];

/** Puts a `parley:` mark on the browser's timeline. A new beginning forgets the marks of the last one. */
export function mark(step: Step): void {
	if (step === 'join' || step === 'next')
		for (const each of steps) performance.clearMarks(`parley:${each}`);
	performance.mark(`parley:${step}`);
}
