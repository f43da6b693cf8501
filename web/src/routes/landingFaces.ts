import { person } from '#lib/features/demo/engine/drawing.ts';

/** How often they are drawn while they move, in ms, and for how long each of them speaks, in s. */
const pause = 100;
const turn = 2;
/** A moment in which all eyes are open, in s. */
const still = 2.5;

/**
 * Draws the people of the demo on the canvases in this picture. They move while the pointer is over it, unless the
 * person wants no motion.
 *
 * @returns what ends it.
 */
export function drawFaces(picture: HTMLElement): () => void {
	const faces = [...picture.querySelectorAll('canvas')].flatMap((canvas, place) => {
		const brush = canvas.getContext('2d');
		return brush ? [{ brush, draw: person(place + 1) }] : [];
	});
	const calm = matchMedia('(prefers-reduced-motion: reduce)');
	let at = still;
	let timer: ReturnType<typeof setInterval> | undefined;
	const stroke = (): void =>
		faces.forEach(({ brush, draw }, place) => {
			const speaking = timer !== undefined && Math.floor(at / turn) % faces.length === place;
			draw(brush, { at, speaking });
		});
	const stop = (): void => {
		clearInterval(timer);
		timer = undefined;
		stroke();
	};
	const start = (): void => {
		if (calm.matches || timer !== undefined) return;
		timer = setInterval(() => {
			at += pause / 1000;
			stroke();
		}, pause);
	};
	stroke();
	picture.addEventListener('pointerenter', start);
	picture.addEventListener('pointerleave', stop);
	return () => {
		clearInterval(timer);
		picture.removeEventListener('pointerenter', start);
		picture.removeEventListener('pointerleave', stop);
	};
}
