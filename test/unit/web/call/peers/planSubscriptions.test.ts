import { describe, expect, test } from 'vitest';
import type { FirstPage } from '#shared/room.ts';
import { newPeerId, newPersonId, newProducerId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import type { TileSize } from '#lib/features/call/engine/model.ts';
import type { KnownPeer } from '#lib/features/call/engine/peers/peerStore.ts';
import {
	firstPage,
	planSubscriptions,
	roundEdge,
	roundTile,
	sameSubscriptions,
	type Sight,
} from '#lib/features/call/engine/peers/planSubscriptions.ts';

function peer(...sources: MediaSource[]): KnownPeer {
	const infos = sources.map((source) => ({
		producerId: newProducerId(),
		source,
		paused: false,
		width: 0,
		height: 0,
	}));
	return {
		peerId: newPeerId(),
		personId: newPersonId(),
		name: 'Somebody',
		role: 'member',
		hand: null,
		hostMuted: false,
		connected: true,
		producers: new Map(infos.map((info) => [info.producerId, info])),
	};
}

const guess: FirstPage = { videos: 24, width: 320, height: 180 };
const none = { camera: new Map(), screen: new Map() };
const tilesOf = (...entries: [KnownPeer, TileSize][]) => ({
	camera: new Map(entries.map(([{ peerId }, size]) => [peerId, size])),
	screen: new Map(),
});
const sees = (page: Sight['tiles']['page'], sight: Partial<Sight> = {}): Sight => ({
	tiles: { page, window: none },
	hidden: false,
	mode: 'full',
	...sight,
});
const unmeasured = tilesOf();

describe('tile sizes', () => {
	test.each([
		[0, 0],
		[-5, 0],
		[Number.NaN, 0],
		[1, 20],
		[180, 180],
		[199, 180],
		[400, 400],
		[401, 400],
		[639, 600],
		[640, 640],
		[1e9, limits.pixels],
	])('an edge of %d is told as %d', (edge, told) => {
		expect(roundEdge(edge)).toBe(told);
	});

	test('a tile without an area is not visible', () => {
		expect(roundTile({ width: 300, height: 0 })).toEqual({ width: 0, height: 0 });
	});
});

describe('the first page', () => {
	test.each([
		[{ width: 1280, height: 720, pixelRatio: 1 }, 0, 1280, 720],
		[{ width: 1280, height: 720, pixelRatio: 1 }, 4, 640, 360],
		[{ width: 1280, height: 720, pixelRatio: 2 }, 4, 1280, 720],
		[{ width: 400, height: 800, pixelRatio: 1 }, 2, 400, 400],
	])('%j with %d others has tiles of %d by %d', (window, others, width, height) => {
		expect(firstPage(window, others, 'full')).toEqual({ videos: 24, width, height });
	});

	test('is small where data is saved, and holds no picture where there is to be none', () => {
		const window = { width: 1280, height: 720, pixelRatio: 1 };
		expect(firstPage(window, 1, 'save')).toEqual({ videos: 24, width: 20, height: 20 });
		expect(firstPage(window, 1, 'audio')).toEqual({ videos: 0, width: 0, height: 0 });
	});

	test('fits the schema for any window', () => {
		const page = firstPage({ width: 1e6, height: 1e6, pixelRatio: 4 }, 1, 'full');
		expect(page.width).toBeLessThanOrEqual(limits.pixels);
		expect(firstPage({ width: 0, height: 0, pixelRatio: 1 }, 25, 'full').width).toBeGreaterThan(0);
	});
});

describe('the full set of wants', () => {
	test('all audio, whatever is shown, before all video', () => {
		const [a, b] = [peer('microphone', 'camera'), peer('microphone')];
		const tiles = tilesOf([a, { width: 0, height: 0 }]);
		const wants = planSubscriptions([a, b], sees(tiles), guess);
		expect(wants.map(({ width, priority }) => [width, priority])).toEqual([
			[0, 255],
			[0, 255],
			[0, 1],
		]);
	});

	test('a larger tile matters more', () => {
		const [a, b] = [peer('camera'), peer('camera')];
		const tiles = tilesOf([a, { width: 160, height: 80 }], [b, { width: 1280, height: 720 }]);
		const [small, large] = planSubscriptions([a, b], sees(tiles), guess);
		expect(large?.priority).toBe(200);
		expect(small?.priority).toBeLessThan(10);
		expect(small?.priority).toBeGreaterThan(0);
	});

	test('a tile that was not measured yet counts as the guess, as far as the page goes', () => {
		const wants = planSubscriptions([peer('camera'), peer('camera')], sees(unmeasured), {
			...guess,
			videos: 1,
		});
		expect(wants.map(({ width, height }) => [width, height])).toEqual([
			[320, 180],
			[0, 0],
		]);
	});

	test('a hidden page wants no picture, but keeps every one ready', () => {
		const a = peer('microphone', 'camera');
		const wants = planSubscriptions(
			[a],
			sees(tilesOf([a, { width: 640, height: 360 }]), { hidden: true }),
			guess,
		);
		expect(wants.map(({ width, height }) => [width, height])).toEqual([
			[0, 0],
			[0, 0],
		]);
		expect(wants).toHaveLength(2);
	});

	test('beyond the limit the smallest pictures are left out and no sound', () => {
		const peers = Array.from({ length: 200 }, () => peer('microphone', 'camera'));
		const last = peers[199];
		if (!last) throw new Error('There are 200.');
		const wants = planSubscriptions(
			peers,
			sees(tilesOf([last, { width: 640, height: 360 }])),
			guess,
		);
		expect(wants).toHaveLength(limits.wants);
		expect(wants.filter(({ priority }) => priority === 255)).toHaveLength(200);
		expect(wants.some(({ width }) => width === 640)).toBe(true);
	});

	test('a share comes first and at once, and takes no room from the cameras', () => {
		const [a, b] = [peer('camera', 'screen', 'screen-audio'), peer('camera')];
		const wants = planSubscriptions([a, b], sees(unmeasured), { ...guess, videos: 2 });
		expect(wants.map(({ width, priority }) => [width, priority])).toEqual([
			[0, 255],
			[320, 255],
			[320, 200],
			[320, 200],
		]);
	});

	test.each([
		['as large as it is shown', { width: 1280, height: 720 }, false, 1280],
		['not while it is out of sight', { width: 0, height: 0 }, false, 0],
		['not by a hidden page', { width: 1280, height: 720 }, true, 0],
	])('a share is wanted %s, whatever the tile of the camera', (_, size, hidden, width) => {
		const a = peer('camera', 'screen');
		const tiles = { ...tilesOf([a, { width: 160, height: 80 }]) };
		const [share] = planSubscriptions(
			[a],
			sees({ ...tiles, screen: new Map([[a.peerId, size]]) }, { hidden }),
			guess,
		);
		expect([share?.width, share?.priority]).toEqual([roundEdge(width), 255]);
	});

	test('what is in a window of its own is wanted at its size, also by a hidden page', () => {
		const [a, b] = [peer('camera'), peer('camera')];
		const tiles = tilesOf([a, { width: 160, height: 80 }], [b, { width: 640, height: 360 }]);
		const window = tilesOf([a, { width: 320, height: 180 }], [b, { width: 320, height: 180 }]);
		const widths = (sight: Sight) =>
			planSubscriptions([a, b], sight, guess).map(({ width }) => width);
		expect(widths({ ...sees(tiles, { hidden: true }), tiles: { page: tiles, window } })).toEqual([
			...[320, 320],
		]);
		expect(widths({ ...sees(tiles), tiles: { page: tiles, window } })).toEqual([320, 640]);
	});

	test('where data is saved, cameras are wanted small and shares in full', () => {
		const [a, b] = [peer('camera', 'screen'), peer('camera')];
		const tiles = tilesOf([a, { width: 1280, height: 720 }], [b, { width: 0, height: 0 }]);
		const wants = planSubscriptions([a, b], sees(tiles, { mode: 'save' }), guess);
		expect(wants.map(({ width }) => width)).toEqual([320, 20, 0]);
	});

	test('audio only wants no picture of any kind, and all sound', () => {
		const a = peer('microphone', 'camera', 'screen');
		const tiles = tilesOf([a, { width: 1280, height: 720 }]);
		const wants = planSubscriptions([a], sees(tiles, { mode: 'audio' }), guess);
		expect(wants).toHaveLength(3);
		expect(wants.every(({ width, height }) => width === 0 && height === 0)).toBe(true);
	});

	test('the same set in another order is the same', () => {
		const wants = planSubscriptions([peer('microphone', 'camera')], sees(unmeasured), guess);
		expect(sameSubscriptions(wants, [...wants].reverse())).toBe(true);
		expect(sameSubscriptions(wants, wants.slice(1))).toBe(false);
		expect(
			sameSubscriptions(
				wants,
				wants.map((want) => ({ ...want, width: want.width + 20 })),
			),
		).toBe(false);
	});
});
