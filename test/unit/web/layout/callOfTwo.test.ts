import { describe, expect, it } from 'vitest';
import { arrangeOfTwo, corners, otherOfTwo, type SelfView } from '#lib/layout/callOfTwo.ts';
import { cornerByKey, nearestCorner, nextCorner } from '#lib/layout/corners.ts';
import type { Layout } from '#lib/layout/stage.ts';

const gap = 8;
const spaces = {
	desktop: { width: 1264, height: 640, gap },
	'upright phone': { width: 374, height: 640, gap },
	'phone on its side': { width: 660, height: 344, gap },
	'zoomed to 200 %': { width: 540, height: 384, gap },
} as const;
const shown: SelfView = { corner: 'bottom-right', small: false, hidden: false };

describe('a call of two', () => {
	type Row = [string, string | null, Layout, string[], { screens?: string[]; pinned?: string[] }];
	it.each<Row>([
		['the other one fills the stage', 'bo', 'grid', ['bo'], {}],
		['so it is where the speaker is large', 'bo', 'speaker', ['bo'], {}],
		['the other one may be pinned', 'bo', 'grid', ['bo'], { pinned: ['bo'] }],
		['not beside a screen', null, 'grid', ['bo'], { screens: ['screen:bo'] }],
		['not in the sidebar', null, 'sidebar', ['bo'], {}],
		['not where one pinned oneself', null, 'grid', ['bo'], { pinned: ['you'] }],
		['not in a call of three', null, 'grid', ['bo', 'cy'], {}],
		['not alone', null, 'grid', [], {}],
	])('%s', (_, expected, layout, others, { screens = [], pinned = [] }) => {
		const cast = { screens, pinned: new Set(pinned) };
		expect(otherOfTwo(layout, others, cast, 'you')).toBe(expected);
	});
});

describe.each(Object.entries(spaces))('a call of two on a stage of the kind %s', (_, space) => {
	const arranged = (
		shape: number | null,
		self: Partial<SelfView> = {},
		dragged: { x: number; y: number } | null = null,
	) => {
		const { cells } = arrangeOfTwo(
			{ key: 'bo', shape },
			{ key: 'you', shape: 4 / 3, dragged },
			{ ...shown, ...self },
			space,
		);
		return { bo: cells.get('bo'), you: cells.get('you') };
	};

	it.each([16 / 9, 4 / 3, 1, 9 / 16])('shows all of a picture of the shape %d', (shape) => {
		const { width, height } = arranged(shape).bo ?? { width: 0, height: 0 };
		// Whole pixels; one edge is as long as the stage's.
		expect(Math.abs(width - height * shape)).toBeLessThanOrEqual(2);
		expect(width === space.width || height === space.height).toBe(true);
	});

	it.each([0, 1e-9, 1e9, NaN])('keeps a picture of the shape %d within the stage', (shape) => {
		const { width, height } = arranged(shape).bo ?? { width: 0, height: 0 };
		expect(Math.min(width, height)).toBeGreaterThan(0);
		expect(width <= space.width && height <= space.height).toBe(true);
	});

	it.each(corners)('lets oneself float %s, small or not, within the stage', (corner) => {
		const [large, small] = [
			arranged(16 / 9, { corner }).you,
			arranged(16 / 9, { corner, small: true }).you,
		];
		for (const cell of [large, small]) {
			const { x, y, width, height } = cell ?? { x: -1, y: -1, width: 0, height: 0 };
			expect(corner.endsWith('left') ? x : space.width - x - width).toBe(8);
			expect(corner.startsWith('top') ? y : space.height - y - height).toBe(8);
			// A finger finds it, and the other one's face is not behind it.
			expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
			expect(width * height).toBeLessThanOrEqual(space.width * space.height * 0.09);
		}
		expect((small?.width ?? 0) * 1.5).toBeLessThan(large?.width ?? 0);
	});

	it('keeps what is dragged within the stage, and shows nothing of who hides', () => {
		const { you } = arranged(16 / 9, {}, { x: 1e6, y: -50 });
		expect(you?.y).toBe(0);
		expect((you?.x ?? 0) + (you?.width ?? 0)).toBe(space.width);
		expect(arranged(16 / 9, { hidden: true }).you).toBeUndefined();
	});
});

describe('the corners', () => {
	const space = { width: 100, height: 50 };
	it.each([
		[10, 10, 'top-left'],
		[90, 10, 'top-right'],
		[90, 40, 'bottom-right'],
		[10, 40, 'bottom-left'],
	] as const)('are chosen by what is nearest to %d, %d', (x, y, corner) => {
		expect(nearestCorner({ x, y }, space)).toBe(corner);
	});

	it('are reached by the arrow keys, and one after the other', () => {
		expect(cornerByKey('bottom-right', 'ArrowUp')).toBe('top-right');
		expect(cornerByKey('bottom-right', 'ArrowLeft')).toBe('bottom-left');
		expect(cornerByKey('top-left', 'ArrowDown')).toBe('bottom-left');
		expect(cornerByKey('top-left', 'ArrowRight')).toBe('top-right');
		expect(cornerByKey('top-left', 'Enter')).toBeNull();
		expect(corners.map(nextCorner)).toEqual([
			'top-right',
			'bottom-right',
			'bottom-left',
			'top-left',
		]);
	});
});
