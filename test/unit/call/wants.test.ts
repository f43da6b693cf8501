import { describe, expect, test } from 'vitest';
import type { FirstPage } from '#shared/room.ts';
import { newPeerId, newPersonId, newProducerId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { MediaSource } from '#shared/media.ts';
import type { TileSize } from '#lib/call/model.ts';
import type { RosterPeer } from '#lib/call/roster.ts';
import {
	firstPage,
	planWants,
	roundEdge,
	roundTile,
	sameWants,
	type Tiles,
} from '#lib/call/wants.ts';

function peer(...sources: MediaSource[]): RosterPeer {
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
const tilesOf = (...entries: [RosterPeer, TileSize][]): Tiles => ({
	camera: new Map(entries.map(([{ peerId }, size]) => [peerId, size])),
	screen: new Map(),
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
		expect(firstPage(window, others)).toEqual({ videos: 24, width, height });
	});

	test('fits the schema for any window', () => {
		const page = firstPage({ width: 1e6, height: 1e6, pixelRatio: 4 }, 1);
		expect(page.width).toBeLessThanOrEqual(limits.pixels);
		expect(firstPage({ width: 0, height: 0, pixelRatio: 1 }, 25).width).toBeGreaterThan(0);
	});
});

describe('the full set of wants', () => {
	test('all audio, whatever is shown, before all video', () => {
		const [a, b] = [peer('microphone', 'camera'), peer('microphone')];
		const tiles = tilesOf([a, { width: 0, height: 0 }]);
		const wants = planWants([a, b], tiles, guess, false);
		expect(wants.map(({ width, priority }) => [width, priority])).toEqual([
			[0, 255],
			[0, 255],
			[0, 1],
		]);
	});

	test('a larger tile matters more', () => {
		const [a, b] = [peer('camera'), peer('camera')];
		const tiles = tilesOf([a, { width: 160, height: 80 }], [b, { width: 1280, height: 720 }]);
		const [small, large] = planWants([a, b], tiles, guess, false);
		expect(large?.priority).toBe(200);
		expect(small?.priority).toBeLessThan(10);
		expect(small?.priority).toBeGreaterThan(0);
	});

	test('a tile that was not measured yet counts as the guess, as far as the page goes', () => {
		const wants = planWants(
			[peer('camera'), peer('camera')],
			unmeasured,
			{ ...guess, videos: 1 },
			false,
		);
		expect(wants.map(({ width, height }) => [width, height])).toEqual([
			[320, 180],
			[0, 0],
		]);
	});

	test('a hidden page wants no picture, but keeps every one ready', () => {
		const a = peer('microphone', 'camera');
		const wants = planWants([a], tilesOf([a, { width: 640, height: 360 }]), guess, true);
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
		const wants = planWants(peers, tilesOf([last, { width: 640, height: 360 }]), guess, false);
		expect(wants).toHaveLength(limits.wants);
		expect(wants.filter(({ priority }) => priority === 255)).toHaveLength(200);
		expect(wants.some(({ width }) => width === 640)).toBe(true);
	});

	test('a share comes first and at once, and takes no room from the cameras', () => {
		const [a, b] = [peer('camera', 'screen', 'screen-audio'), peer('camera')];
		const wants = planWants([a, b], unmeasured, { ...guess, videos: 2 }, false);
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
		const [share] = planWants(
			[a],
			{ ...tiles, screen: new Map([[a.peerId, size]]) },
			guess,
			hidden,
		);
		expect([share?.width, share?.priority]).toEqual([roundEdge(width), 255]);
	});

	test('the same set in another order is the same', () => {
		const wants = planWants([peer('microphone', 'camera')], unmeasured, guess, false);
		expect(sameWants(wants, [...wants].reverse())).toBe(true);
		expect(sameWants(wants, wants.slice(1))).toBe(false);
		expect(
			sameWants(
				wants,
				wants.map((want) => ({ ...want, width: want.width + 20 })),
			),
		).toBe(false);
	});
});
