import { aspectFor, layOut, type Cell } from './grid.ts';
import type { Arrangement, Cast, Layout, StageSpace } from './stage.ts';

/** Where the own picture can float. */
export const corners = ['top-left', 'top-right', 'bottom-right', 'bottom-left'] as const;
export type Corner = (typeof corners)[number];

/** How the person sees themselves. */
export type SelfView = {
	/** Where their picture floats in a call of two. */
	readonly corner: Corner;
	/** Half as wide and half as high. */
	readonly small: boolean;
	readonly hidden: boolean;
};

export type Point = { readonly x: number; readonly y: number };

/** Width for height of a picture; null where there is none. */
export type Shape = number | null;

/** A picture of any other shape is shown in the nearest of these. */
const shapes = { least: 1 / 2, most: 3 } as const;
/** Free space around the floating picture. */
const margin = 8;
/** The floating picture's share of the stage, and its bounds in square pixels. */
const share = 0.05;
const [leastArea, mostArea] = [9_000, 50_000] as const;
/** No edge is shorter: a finger has to find it. */
const leastEdge = 44;

/**
 * Whose picture fills the stage while one's own floats over it; null where there are more people, or fewer, a screen,
 * or a choice of the person that says otherwise.
 *
 * @param others keys of the others
 */
export function otherOfTwo(
	layout: Layout,
	others: readonly string[],
	{ screens, pinned }: Pick<Cast, 'screens' | 'pinned'>,
	you: string,
): string | null {
	const [other] = others;
	if (!other || others.length > 1 || screens.length > 0) return null;
	return layout === 'sidebar' || pinned.has(you) ? null : other;
}

/** The other one as large as the stage allows, all of the picture; and oneself in a corner, unless hidden. */
export function arrangeOfTwo(
	other: { readonly key: string; readonly shape: Shape },
	you: { readonly key: string; readonly shape: Shape; readonly dragged: Point | null },
	self: SelfView,
	space: StageSpace,
): Arrangement {
	const { width, height } = space;
	const aspect = other.shape
		? { min: bounded(other.shape), max: bounded(other.shape) }
		: aspectFor(width, height);
	const [large] = layOut(1, { ...space, aspect }).cells;
	const cells = new Map<string, Cell>();
	if (large) cells.set(other.key, large);
	if (!self.hidden) cells.set(you.key, floating(you.shape, self, space, you.dragged));
	return { cells, pages: 1, page: 0, pager: null };
}

const bounded = (shape: number): number => Math.min(shapes.most, Math.max(shapes.least, shape));

/** The own picture in its corner, or where it is dragged to; within the stage in both cases. */
function floating(
	shape: Shape,
	{ corner, small }: SelfView,
	{ width, height }: StageSpace,
	dragged: Point | null,
): Cell {
	const area = Math.min(mostArea, Math.max(leastArea, width * height * share));
	const aspect = bounded(shape ?? (height > width ? 3 / 4 : 16 / 9));
	const scale = small ? 1 / 2 : 1;
	const edge = (wanted: number, most: number): number =>
		Math.floor(Math.min(most, Math.max(leastEdge, wanted * scale)));
	const size = {
		width: edge(Math.sqrt(area * aspect), width),
		height: edge(Math.sqrt(area / aspect), height),
	};
	const [right, bottom] = [width - size.width, height - size.height];
	const within = (value: number, most: number): number =>
		Math.max(0, Math.min(most, Math.round(value)));
	const x = dragged?.x ?? (corner.endsWith('left') ? margin : right - margin);
	const y = dragged?.y ?? (corner.startsWith('top') ? margin : bottom - margin);
	return { x: within(x, right), y: within(y, bottom), ...size };
}
