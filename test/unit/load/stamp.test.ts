import { expect, test } from 'vitest';
import { readStamp, stamp, type Picture } from '../../load/bots/stamp.ts';

const time = Date.UTC(2031, 4, 5, 6, 7, 8, 9);

const grey = (width: number, height: number): Picture => ({
	width,
	height,
	data: new Uint8Array(width * height * 1.5).fill(126),
});

/** The picture at a quarter of its size, as the smallest layer of a camera has it. */
function quarter({ width, height, data }: Picture): Picture {
	const small = grey(width / 4, height / 4);
	for (let y = 0; y < small.height; y++)
		for (let x = 0; x < small.width; x++)
			small.data[y * small.width + x] = data[4 * y * width + 4 * x] ?? 0;
	return small;
}

test.each([
	[320, 180],
	[640, 360],
	[1280, 720],
])(
	'the time that is written into a picture of %i by %i is read from its smallest layer',
	(...size) => {
		const picture = grey(...size);
		stamp(picture, time);
		expect(readStamp(picture)).toBe(time);
		expect(readStamp(quarter(picture))).toBe(time);
	},
);

test('a picture without a time, or with a damaged one, has none', () => {
	const picture = grey(640, 360);
	expect(
		readStamp({ ...picture, data: picture.data.map((_, at) => (at * 7919) % 256) }),
	).toBeNull();
	stamp(picture, time);
	const [width, height] = [40, 22];
	const other = picture.data[0] === 16 ? 235 : 16;
	for (let y = 0; y < height; y++) picture.data.fill(other, y * 640, y * 640 + width);
	expect(readStamp(picture)).toBeNull();
});
