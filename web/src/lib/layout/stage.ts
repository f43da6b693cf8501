import type { PeerId } from '#shared/ids.ts';
import { aspectFor, layOut, type AspectRange, type Cell } from './grid.ts';

/** How the person wants to see the others. */
export const layouts = ['grid', 'speaker', 'sidebar'] as const;
export type Layout = (typeof layouts)[number];

/** The key of what somebody shows of their screen. A person's key is their id. */
export const screenKey = ({ peerId }: { readonly peerId: PeerId }): string => `screen:${peerId}`;

/** Who and what could be shown, by key, each list in an order that does not change while they stay. */
export type Cast = {
	readonly screens: readonly string[];
	readonly people: readonly string[];
	readonly pinned: ReadonlySet<string>;
	/** Who has the word. */
	readonly speaker: string | null;
};

/** What is shown large, and what is shown small beside it; nothing is large where all are equal. */
export type Roles = { readonly main: readonly string[]; readonly rest: readonly string[] };

/**
 * What is shown large: what the person pinned, and screens, unless they pinned some of those. Without
 * any it is who has the word, or nobody in the grid. The order of the cast is kept.
 */
export function assignRoles(layout: Layout, { screens, people, pinned, speaker }: Cast): Roles {
	const isPinned = (key: string) => pinned.has(key);
	const all = [...screens, ...people];
	const shown = screens.some(isPinned) ? screens.filter(isPinned) : screens;
	const large = new Set([...shown, ...people.filter(isPinned)]);
	if (large.size === 0 && layout !== 'grid') {
		const first = people[1] ?? people[0];
		const chosen = speaker !== null && people.includes(speaker) ? speaker : first;
		if (chosen !== undefined) large.add(chosen);
	}
	return {
		main: all.filter((key) => large.has(key)),
		rest: all.filter((key) => !large.has(key)),
	};
}

export type StageSpace = {
	readonly width: number;
	readonly height: number;
	readonly gap: number;
	/** How many equal tiles there may be on one page, if fewer than usual. */
	readonly most?: number;
};

/** Where everything goes. What has no cell is on another page. */
export type Arrangement = {
	readonly cells: ReadonlyMap<string, Cell>;
	/** Pages of equal or of small tiles. At least one. */
	readonly pages: number;
	/** The page that is shown, from 0. */
	readonly page: number;
	/** Where the buttons go that turn the pages; null for a single page. */
	readonly pager: Cell | null;
};

/** A tile smaller than this is no picture of anybody, in square pixels. */
const leastArea = 16_500;
/** Tiles on one page at most. */
const mostTiles = 25;
/** Height of the buttons that turn pages. */
export const pagerHeight = 44;

const gridSpace = (space: StageSpace) => ({
	...space,
	aspect: aspectFor(space.width, space.height),
});

/** How many equal tiles fit on one page without being too small. At least one. */
export function mostOnPage(space: StageSpace): number {
	for (let count = space.most ?? mostTiles; count > 1; count--) {
		const [cell] = layOut(count, gridSpace(space)).cells;
		if (cell && cell.width * cell.height >= leastArea) return count;
	}
	return 1;
}

/** The part of a list that is on a page; a page that is not there any more becomes the last one. */
function turnTo(keys: readonly string[], perPage: number, page: number) {
	const pages = Math.max(1, Math.ceil(keys.length / perPage));
	const within = Math.min(Math.max(0, page), pages - 1);
	return { pages, page: within, keys: keys.slice(within * perPage, (within + 1) * perPage) };
}

const shifted = (cell: Cell, x: number, y: number): Cell => ({
	...cell,
	x: cell.x + x,
	y: cell.y + y,
});

/** Equal tiles. All pages have tiles of one size, so that turning them moves nothing. */
function arrangeGrid(keys: readonly string[], space: StageSpace, page: number): Arrangement {
	const most = mostOnPage(space);
	if (keys.length <= most) {
		const { cells } = layOut(keys.length, gridSpace(space));
		return { cells: assign(keys, cells), pages: 1, page: 0, pager: null };
	}
	const inner = { ...space, height: Math.max(0, space.height - pagerHeight - space.gap) };
	const perPage = mostOnPage(inner);
	const turned = turnTo(keys, perPage, page);
	const { cells } = layOut(perPage, gridSpace(inner));
	const y = space.height - pagerHeight;
	return {
		...turned,
		cells: assign(turned.keys, cells),
		pager: { x: 0, y, width: space.width, height: pagerHeight },
	};
}

function assign(keys: readonly string[], cells: readonly Cell[]): Map<string, Cell> {
	const assigned = new Map<string, Cell>();
	for (const [index, key] of keys.entries()) {
		const cell = cells[index];
		if (cell) assigned.set(key, cell);
	}
	return assigned;
}

/** What is large may have any sensible shape where a screen is among it: screens are shown whole. */
const screenAspect: AspectRange = { min: 1 / 2, max: 3 };

const bounded = (value: number, least: number, most: number): number =>
	Math.floor(Math.min(most, Math.max(least, value)));

/** Whether the small tiles stand in a column beside the large ones, or in a row below. */
function standsBeside(layout: Layout, { width, height }: StageSpace): boolean {
	if (width < 480 || width < height) return false;
	return layout !== 'speaker' || height < 420;
}

type Small = { width: number; height: number };

/** Small tiles one after the other along a line of this length: those of a page, and where they begin. */
function alongLine(count: number, edge: number, length: number, gap: number): number {
	const used = count * edge + Math.max(0, count - 1) * gap;
	return Math.max(0, Math.floor((length - used) / 2));
}

const perLine = (edge: number, length: number, gap: number): number =>
	Math.max(1, Math.floor((length + gap) / (edge + gap)));

/**
 * Puts everything in its place: equal tiles where nothing is large; otherwise what is large as large as
 * there is room, and the rest in a row below it or in a column beside it.
 *
 * @param isScreen tells a screen by its key.
 */
export function arrange(
	layout: Layout,
	{ main, rest }: Roles,
	space: StageSpace,
	page: number,
	isScreen: (key: string) => boolean,
): Arrangement {
	if (main.length === 0) return arrangeGrid(rest, space, page);
	const { width, height, gap } = space;
	const beside = standsBeside(layout, space);
	const small: Small = beside ? smallBeside(width) : smallBelow(width, height, gap);
	const along = beside ? 'height' : 'width';
	let perPage = perLine(small[along], space[along], gap);
	const paged = rest.length > perPage;
	const turning = paged ? pagerHeight + gap : 0;
	if (paged && beside) perPage = perLine(small.height, height - turning, gap);
	const turned = turnTo(rest, perPage, page);

	const taken = rest.length === 0 ? 0 : small[beside ? 'width' : 'height'] + gap;
	const room = beside
		? { width: width - taken, height }
		: { width, height: height - taken - turning };
	const aspect = main.some(isScreen) ? screenAspect : aspectFor(room.width, room.height);
	const cells = assign(main, layOut(main.length, { ...room, gap, aspect }).cells);
	const line = beside ? height - turning : width;
	const from = alongLine(turned.keys.length, small[along], line, gap);
	for (const [index, key] of turned.keys.entries()) {
		const at = from + index * (small[along] + gap);
		const [x, y] = beside ? [room.width + gap, at] : [at, room.height + gap];
		cells.set(key, shifted({ x: 0, y: 0, ...small }, x, y));
	}
	const pager = beside
		? { x: room.width + gap, y: height - pagerHeight, width: small.width, height: pagerHeight }
		: { x: 0, y: height - pagerHeight, width, height: pagerHeight };
	return { cells, pages: turned.pages, page: turned.page, pager: paged ? pager : null };
}

/** The same, where reading begins at the right: every place at the other side of a stage of this width. */
export function mirrored(arrangement: Arrangement, width: number): Arrangement {
	const mirror = (cell: Cell): Cell => ({ ...cell, x: width - cell.x - cell.width });
	const cells = [...arrangement.cells].map(([key, cell]) => [key, mirror(cell)] as const);
	return {
		...arrangement,
		cells: new Map(cells),
		pager: arrangement.pager && mirror(arrangement.pager),
	};
}

function smallBeside(width: number): Small {
	const edge = bounded(width * 0.2, 132, 240);
	return { width: edge, height: Math.floor((edge * 9) / 16) };
}

/** At least three of them in a row. */
function smallBelow(width: number, height: number, gap: number): Small {
	const edge = bounded(height * 0.2, 76, 150);
	return { width: bounded((edge * 16) / 9, 48, Math.max(48, (width - 2 * gap) / 3)), height: edge };
}
