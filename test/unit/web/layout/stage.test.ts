import { describe, expect, it } from 'vitest';
import {
	arrange,
	assignRoles,
	layouts,
	mirrored,
	mostOnPage,
	type Cast,
	type Layout,
	type StageSpace,
} from '#lib/layout/stage.ts';

const gap = 8;
const spaces: Readonly<Record<string, StageSpace>> = {
	desktop: { width: 1264, height: 640, gap },
	'desktop beside a panel': { width: 860, height: 640, gap },
	'upright phone': { width: 374, height: 640, gap },
	'phone on its side': { width: 740, height: 360, gap },
	'upright tablet': { width: 768, height: 900, gap },
};
const isScreen = (key: string) => key.startsWith('screen:');
const crowd = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`);
const cast = (parts: Partial<Cast>): Cast => ({
	screens: [],
	people: ['you', 'ana', 'bo'],
	pinned: new Set(),
	speaker: null,
	...parts,
});

describe('what is shown large', () => {
	const screens = ['screen:ana', 'screen:bo'];
	type Row = [string, Layout, Partial<Cast>, string[]];
	it.each<Row>([
		['nobody in the grid', 'grid', {}, []],
		['nobody in the grid, whoever speaks', 'grid', { speaker: 'bo' }, []],
		['who speaks', 'speaker', { speaker: 'bo' }, ['bo']],
		['the first of the others while nobody spoke', 'speaker', {}, ['ana']],
		['oneself when there is nobody else', 'sidebar', { people: ['you'] }, ['you']],
		['the first of the others when the speaker left', 'speaker', { speaker: 'cy' }, ['ana']],
		['a screen, in the grid as well', 'grid', { screens: ['screen:bo'] }, ['screen:bo']],
		['a screen before who speaks', 'speaker', { screens, speaker: 'bo' }, screens],
		['who is pinned, in their order', 'grid', { pinned: new Set(['bo', 'you']) }, ['you', 'bo']],
		[
			'who is pinned before who speaks',
			'speaker',
			{ pinned: new Set(['you']), speaker: 'bo' },
			['you'],
		],
		['screens and who is pinned', 'grid', { screens, pinned: new Set(['bo']) }, [...screens, 'bo']],
		[
			'of several screens the pinned one',
			'sidebar',
			{ screens, pinned: new Set(['screen:bo', 'you']) },
			['screen:bo', 'you'],
		],
		['nobody for a pin that is gone', 'grid', { pinned: new Set(['cy', 'screen:cy']) }, []],
	])('is %s', (_, layout, parts, main) => {
		const { screens, people } = cast(parts);
		const roles = assignRoles(layout, cast(parts));
		expect(roles.main).toEqual(main);
		// Everything is somewhere, once, in the order of the cast.
		expect(roles.rest).toEqual([...screens, ...people].filter((key) => !main.includes(key)));
	});
});

describe.each(Object.entries(spaces))('the stage of the kind %s', (_, space) => {
	const counts = [1, 2, 3, 4, 5, 9, 12, 13, 25, 26, 60];
	const casts = counts.flatMap((count) =>
		layouts.flatMap((layout) => [0, 1, 2].map((shares) => ({ count, layout, shares }))),
	);

	it.each(casts)(
		'has everybody of $count on some page of the layout $layout beside $shares screens, within bounds, apart',
		({ count, layout, shares }) => {
			const screens = ['screen:a', 'screen:b'].slice(0, shares);
			const people = crowd(count);
			const roles = assignRoles(layout, cast({ screens, people }));
			const first = arrange(layout, roles, space, 0, isScreen);
			const seen = new Set<string>();
			for (let page = 0; page < first.pages; page++) {
				const { cells, pages, pager, page: shown } = arrange(layout, roles, space, page, isScreen);
				expect([pages, shown]).toEqual([first.pages, page]);
				expect(pager === null).toBe(pages === 1);
				const all = [...cells.values(), ...(pager ? [pager] : [])];
				for (const [index, cell] of all.entries()) {
					expect(cell.x).toBeGreaterThanOrEqual(0);
					expect(cell.y).toBeGreaterThanOrEqual(0);
					expect(cell.x + cell.width).toBeLessThanOrEqual(space.width);
					expect(cell.y + cell.height).toBeLessThanOrEqual(space.height);
					expect(Math.min(cell.width, cell.height)).toBeGreaterThan(0);
					for (const other of all.slice(index + 1)) {
						const apart =
							cell.x + cell.width <= other.x ||
							other.x + other.width <= cell.x ||
							cell.y + cell.height <= other.y ||
							other.y + other.height <= cell.y;
						expect(apart).toBe(true);
					}
				}
				// What is large is on every page, and all of it.
				for (const key of roles.main) expect(cells.has(key)).toBe(true);
				for (const key of cells.keys()) seen.add(key);
			}
			expect(seen).toEqual(new Set([...screens, ...people]));
		},
	);

	it('gives a single screen more than half of the room', () => {
		for (const layout of layouts) {
			const roles = assignRoles(layout, cast({ screens: ['screen:a'], people: crowd(9) }));
			const cell = arrange(layout, roles, space, 0, isScreen).cells.get('screen:a');
			const area = (cell?.width ?? 0) * (cell?.height ?? 0);
			expect(area).toBeGreaterThan((space.width * space.height) / 2);
		}
	});

	it('keeps everybody in their place when the last one of a full page comes or goes', () => {
		const per = mostOnPage({ ...space, height: space.height - 44 - gap });
		const [many, more] = [crowd(2 * per + 1), crowd(2 * per + 2)].map((people) =>
			arrange('grid', assignRoles('grid', cast({ people })), space, 0, isScreen),
		);
		expect(more?.cells).toEqual(many?.cells);
	});

	it('is the other way round where reading begins at the right', () => {
		const roles = assignRoles('sidebar', cast({ screens: ['screen:a'], people: crowd(60) }));
		const arranged = arrange('sidebar', roles, space, 0, isScreen);
		const turned = mirrored(arranged, space.width);
		expect([...turned.cells.keys()]).toEqual([...arranged.cells.keys()]);
		for (const [key, { x, ...rest }] of arranged.cells)
			expect(turned.cells.get(key)).toEqual({ x: space.width - x - rest.width, ...rest });
		expect(turned.pager?.width).toBe(arranged.pager?.width);
		expect(mirrored(turned, space.width)).toEqual(arranged);
	});

	it('goes to the last page when the one that was shown is gone', () => {
		const roles = assignRoles('grid', cast({ people: crowd(60) }));
		const { page, pages, cells } = arrange('grid', roles, space, 99, isScreen);
		expect(page).toBe(pages - 1);
		expect(cells.has('p59')).toBe(true);
	});
});

describe('a page of the grid', () => {
	it('holds 25 tiles on a desktop and no fewer than 9 on a phone', () => {
		expect(mostOnPage({ width: 1264, height: 640, gap })).toBe(25);
		expect(mostOnPage({ width: 374, height: 640, gap })).toBeGreaterThanOrEqual(9);
	});

	it('holds one where there is no room for more', () => {
		expect(mostOnPage({ width: 100, height: 100, gap })).toBe(1);
	});
});
