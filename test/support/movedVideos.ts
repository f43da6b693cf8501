import type { Page } from 'playwright';

declare global {
	interface Window {
		/** When each video in a tile had shown two frames, by the id of its track, in ms of the machine's clock. */
		movedVideos: Record<string, number>;
	}
}

/** Runs in the page before its own scripts. */
function watch(): void {
	window.movedVideos = {};
	const watched = new WeakSet<HTMLVideoElement>();
	const frames: Record<string, number> = {};
	const follow = (video: HTMLVideoElement) => {
		const note = () => {
			const [track] =
				video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks() : [];
			if (track) {
				const count = (frames[track.id] ?? 0) + 1;
				frames[track.id] = count;
				if (count === 2) window.movedVideos[track.id] = Date.now();
			}
			video.requestVideoFrameCallback(note);
		};
		video.requestVideoFrameCallback(note);
	};
	const look = () => {
		for (const video of document.querySelectorAll<HTMLVideoElement>('[data-testid="tile"] video')) {
			if (watched.has(video)) continue;
			watched.add(video);
			follow(video);
		}
	};
	new MutationObserver(look).observe(document, { childList: true, subtree: true });
}

/** To be called before the first page is loaded: takes note of when the video of each track began to move. */
export async function watchMovedVideos(page: Page): Promise<void> {
	await page.context().addInitScript(watch);
}

/**
 * Waits until so many videos move that did not move before this time. The page waits by itself: asking it again and again
 * would cost it what is measured.
 *
 * @returns since when, in ms of the machine's clock.
 */
export const movedSince = (page: Page, time: number, count: number): Promise<number> =>
	page.evaluate(
		async ([after, wanted]) => {
			for (;;) {
				const moved = Object.values(window.movedVideos).filter((at) => at > after);
				const last = moved.toSorted((a, b) => a - b)[wanted - 1];
				if (last !== undefined) return last;
				await new Promise((resolve) => setTimeout(resolve, 100));
			}
		},
		[time, count] as const,
	);
