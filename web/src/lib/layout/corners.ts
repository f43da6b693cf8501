import { corners, type Corner, type Point } from './callOfTwo.ts';

const made = (top: boolean, left: boolean): Corner =>
	`${top ? 'top' : 'bottom'}-${left ? 'left' : 'right'}`;

/** The corner that is nearest to a point of a space. */
export function nearestCorner(
	{ x, y }: Point,
	{ width, height }: { readonly width: number; readonly height: number },
): Corner {
	return made(y < height / 2, x < width / 2);
}

/** The corner that an arrow key leads to; null for another key. */
export function cornerByKey(corner: Corner, key: string): Corner | null {
	const [top, left] = [corner.startsWith('top'), corner.endsWith('left')];
	switch (key) {
		case 'ArrowUp':
			return made(true, left);
		case 'ArrowDown':
			return made(false, left);
		case 'ArrowLeft':
			return made(top, true);
		case 'ArrowRight':
			return made(top, false);
		default:
			return null;
	}
}

/** The next corner, clockwise. */
export const nextCorner = (corner: Corner): Corner =>
	corners[(corners.indexOf(corner) + 1) % corners.length] ?? corner;
