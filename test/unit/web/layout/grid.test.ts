import { describe, expect, it } from 'vitest';
import { aspectFor, layOut, type GridSpace } from '#lib/layout/grid.ts';

const windows = {
	desktop: { width: 1264, height: 640 },
	'portrait phone': { width: 374, height: 640 },
	'landscape phone': { width: 740, height: 360 },
	ultrawide: { width: 3420, height: 1200 },
	'narrow column': { width: 320, height: 1400 },
	square: { width: 900, height: 900 },
} as const;

const spaceOf = (size: { width: number; height: number }): GridSpace => ({
	...size,
	gap: 8,
	aspect: aspectFor(size.width, size.height),
});

/** The area of the best tile there can be, by trying all numbers of columns and rows. */
function bestArea(count: number, { width, height, gap, aspect }: GridSpace): number {
	let best = 0;
	for (let columns = 1; columns <= count; columns++) {
		for (let rows = 1; rows <= count; rows++) {
			if (columns * rows < count) continue;
			const w = (width - gap * (columns - 1)) / columns;
			const h = (height - gap * (rows - 1)) / rows;
			const area = Math.min(w, h * aspect.max) * Math.min(h, w / aspect.min);
			if (w > 0 && h > 0) best = Math.max(best, area);
		}
	}
	return best;
}

describe.each(Object.entries(windows))('the grid in a window of the kind %s', (_, size) => {
	const space = spaceOf(size);
	const counts = Array.from({ length: 25 }, (_, index) => index + 1);

	it.each(counts)('holds %i tiles, within bounds, apart, of the same size', (count) => {
		const { cells } = layOut(count, space);
		expect(cells).toHaveLength(count);
		for (const [index, cell] of cells.entries()) {
			expect(cell.x).toBeGreaterThanOrEqual(0);
			expect(cell.y).toBeGreaterThanOrEqual(0);
			expect(cell.x + cell.width).toBeLessThanOrEqual(space.width);
			expect(cell.y + cell.height).toBeLessThanOrEqual(space.height);
			expect([cell.width, cell.height]).toEqual([cells[0]?.width, cells[0]?.height]);
			for (const other of cells.slice(index + 1)) {
				const beside =
					cell.x + cell.width + space.gap <= other.x + 1 ||
					other.x + other.width + space.gap <= cell.x + 1;
				const below = cell.y + cell.height + space.gap <= other.y + 1;
				expect(beside || below).toBe(true);
			}
		}
	});

	it.each(counts)('makes %i tiles as large as they can be', (count) => {
		const { cells } = layOut(count, space);
		const { width, height } = cells[0] ?? { width: 0, height: 0 };
		// Whole pixels cost less than one column and one row; a fuller grid may cost 3 %.
		const area = (width + 1) * (height + 1);
		expect(area).toBeGreaterThanOrEqual(bestArea(count, space) * 0.97);
	});

	it.each(counts)('keeps the shape of %i tiles in its range', (count) => {
		const { width, height } = layOut(count, space).cells[0] ?? { width: 0, height: 0 };
		expect(width / (height + 1)).toBeLessThanOrEqual(space.aspect.max);
		expect((width + 1) / height).toBeGreaterThanOrEqual(space.aspect.min);
	});

	it.each(counts)('centres %i tiles, and a last row that is not full', (count) => {
		const { cells, columns, rows } = layOut(count, space);
		const lastRow = cells.slice((rows - 1) * columns);
		const left = lastRow[0]?.x ?? 0;
		const end = lastRow.at(-1);
		const right = space.width - (end ? end.x + end.width : 0);
		expect(Math.abs(left - right)).toBeLessThanOrEqual(1);
		const top = cells[0]?.y ?? 0;
		const bottom = space.height - (end ? end.y + end.height : 0);
		expect(Math.abs(top - bottom)).toBeLessThanOrEqual(1);
	});
});

describe('the grid chooses', () => {
	it.each([
		['one', 1, windows.desktop, [1, 1]],
		['two beside each other', 2, windows.desktop, [2, 1]],
		['two above each other', 2, windows['portrait phone'], [1, 2]],
		['four as a square', 4, windows.desktop, [2, 2]],
		['five as three and two', 5, windows.desktop, [3, 2]],
		['nine as a square', 9, windows.desktop, [3, 3]],
		['twenty-five as a square', 25, windows.desktop, [5, 5]],
		['three in a row', 3, windows.ultrawide, [3, 1]],
		['four below each other', 4, windows['narrow column'], [1, 4]],
	] as const)('%s', (_, count, size, shape) => {
		const { columns, rows } = layOut(count, spaceOf(size));
		expect([columns, rows]).toEqual(shape);
	});

	it('nothing for nobody', () => {
		expect(layOut(0, spaceOf(windows.desktop)).cells).toEqual([]);
	});

	it.each([
		[0, 0],
		[5, 5],
		[1, 900],
	])('no negative sizes in a window of %i by %i', (width, height) => {
		for (const cell of layOut(25, spaceOf({ width, height })).cells) {
			expect(Math.min(cell.x, cell.y, cell.width, cell.height)).toBeGreaterThanOrEqual(0);
		}
	});
});
