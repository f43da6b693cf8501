/*
 * The time, written into a picture as black and white cells: 16 in a row, three rows at the top. The cells grow with the
 * picture, so that they can be read after it was encoded at any size.
 */

/** A picture in I420: all of the luma, a byte for each pixel, then the two chromas. */
export type Picture = { width: number; height: number; data: Uint8Array };

const columns = 16;
const rows = 3;
/** A cell's height is this part of the picture's. */
const cellsHigh = 16;
const timeBits = 41;
const checkBits = columns * rows - timeBits;
const luma = { black: 16, white: 235, middle: 126 } as const;

/** The time in ms since 1970 and a sum that tells a damaged stamp from a whole one, as bits. */
function bitsOf(time: number): boolean[] {
	const bits = Array.from({ length: timeBits }, (_, bit) => Math.floor(time / 2 ** bit) % 2 === 1);
	const sum = bits.reduce((total, set, bit) => total + (set ? bit + 1 : 0), 0) % 2 ** checkBits;
	const check = Array.from({ length: checkBits }, (_, bit) => Math.floor(sum / 2 ** bit) % 2 === 1);
	return [...bits, ...check];
}

/** Writes the time, in ms since 1970, into the luma of the picture. */
export function stamp({ width, height, data }: Picture, time: number): void {
	for (const [index, set] of bitsOf(time).entries()) {
		const [column, row] = [index % columns, Math.floor(index / columns)];
		const [left, right] = [column, column + 1].map((at) => Math.floor((at * width) / columns));
		const [top = 0, bottom = 0] = [row, row + 1].map((at) => Math.floor((at * height) / cellsHigh));
		for (let y = top; y < bottom; y++)
			data.fill(set ? luma.white : luma.black, y * width + (left ?? 0), y * width + (right ?? 0));
	}
}

/** Where the cells stand: so many columns and rows, each as high as one of so many parts of the picture. */
export const stampGrid = { columns, rows, cellsHigh } as const;

/** The time in ms since 1970 that stands in cells, a 1 for each white one and a 0 for each black one; null where they are damaged. */
export function timeOf(cells: string): number | null {
	const time = [...cells.slice(0, timeBits)].reduce(
		(sum, cell, bit) => sum + (cell === '1' ? 2 ** bit : 0),
		0,
	);
	return bitsOf(time).every((set, bit) => cells[bit] === (set ? '1' : '0')) ? time : null;
}

/** The time that was written into the picture, in ms since 1970; null where there is none that can be read. */
export function readStamp({ width, height, data }: Picture): number | null {
	const cells = Array.from({ length: columns * rows }, (_, index) => {
		const x = Math.floor((((index % columns) + 0.5) * width) / columns);
		const y = Math.floor(((Math.floor(index / columns) + 0.5) * height) / cellsHigh);
		return (data[y * width + x] ?? 0) > luma.middle ? '1' : '0';
	});
	return timeOf(cells.join(''));
}
