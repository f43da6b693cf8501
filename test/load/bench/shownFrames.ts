import type { Person } from '../../support/browser.ts';

/** A frame of a video as the page shows it: when, in ms of the page's clock, and of which width. */
export type ShownFrame = { at: number; width: number };

declare global {
	interface Window {
		shownFrames: Record<string, ShownFrame[]>;
	}
}

/** Runs in the page: takes note of the frames that this video shows from now on. */
function record(video: HTMLVideoElement, name: string): void {
	const frames: ShownFrame[] = [];
	(window.shownFrames ??= {})[name] = frames;
	const note = (at: number, { width }: { width: number }): void => {
		frames.push({ at, width });
		video.requestVideoFrameCallback(note);
	};
	video.requestVideoFrameCallback(note);
}

/**
 * Takes note of the frames of another person that this one's page shows from now on.
 *
 * @returns gives those that were shown so far. A video that its page takes out of the tile meanwhile shows no more.
 */
export async function recordFrames(
	person: Person,
	name: string,
): Promise<() => Promise<ShownFrame[]>> {
	await person.tile(name).locator('video').evaluate(record, name);
	return () => person.page.evaluate((of) => window.shownFrames[of] ?? [], name);
}

/** For how long no other frame was shown after each of these, in ms. */
export const pausesOf = (frames: readonly ShownFrame[]): number[] =>
	frames.slice(1).map(({ at }, index) => at - (frames[index]?.at ?? at));
