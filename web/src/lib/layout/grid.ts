/** How wide a tile may be for its height: `min` 0.75 is upright, `max` 16 / 9 is a cinema. */
export type AspectRange = { readonly min: number; readonly max: number };

/** Where one tile goes, in the units of the window; whole numbers, so that edges stay sharp. */
export type Cell = { readonly x: number; readonly y: number; width: number; height: number };

export type Grid = { readonly columns: number; readonly rows: number; readonly cells: Cell[] };

export type GridSpace = {
	readonly width: number;
	readonly height: number;
	/** Free space between neighbours. */
	readonly gap: number;
	readonly aspect: AspectRange;
};

/** The largest tile that fits into a place of the given size. */
function fit(
	width: number,
	height: number,
	aspect: AspectRange,
): { width: number; height: number } {
	const widest = Math.min(width, height * aspect.max);
	const tallest = Math.min(height, width / aspect.min);
	return { width: Math.max(0, Math.floor(widest)), height: Math.max(0, Math.floor(tallest)) };
}

/** Shapes whose tiles are this close to the largest count as equally large. */
const nearlyLargest = 0.97;

/**
 * Lays out equal tiles so that they are as large as the window allows: tries every number of
 * columns, and of those with the most area (or nearly) takes the one with the fewest empty
 * places. The whole is centred, and so is a last row that is not full.
 */
export function layOut(count: number, space: GridSpace): Grid {
	const shapes = Array.from({ length: count }, (_, index) => {
		const columns = index + 1;
		const rows = Math.ceil(count / columns);
		const placeWidth = (space.width - space.gap * (columns - 1)) / columns;
		const placeHeight = (space.height - space.gap * (rows - 1)) / rows;
		const tile = fit(placeWidth, placeHeight, space.aspect);
		return { columns, rows, ...tile, area: tile.width * tile.height };
	});
	const largest = Math.max(...shapes.map((shape) => shape.area));
	const [best] = shapes
		.filter((shape) => shape.area >= largest * nearlyLargest)
		.sort((a, b) => a.columns * a.rows - b.columns * b.rows || b.area - a.area);
	if (!best) return { columns: 0, rows: 0, cells: [] };
	const { columns, rows, width, height } = best;
	const length = (tiles: number, edge: number): number => tiles * edge + (tiles - 1) * space.gap;
	const top = (space.height - length(rows, height)) / 2;
	const cells = Array.from({ length: count }, (_, index) => {
		const row = Math.floor(index / columns);
		const inRow = row === rows - 1 ? count - row * columns : columns;
		const left = (space.width - length(inRow, width)) / 2;
		return {
			x: Math.max(0, Math.floor(left + (index % columns) * (width + space.gap))),
			y: Math.max(0, Math.floor(top + row * (height + space.gap))),
			width,
			height,
		};
	});
	return { columns, rows, cells };
}

/**
 * How far tiles may leave the camera's own shape: on an upright screen they may be upright as
 * well; on a wide one they stay wider than high, or too much of the picture would be cut.
 */
export function aspectFor(width: number, height: number): AspectRange {
	return { min: height > width ? 3 / 5 : 6 / 5, max: 16 / 9 };
}
