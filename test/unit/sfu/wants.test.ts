import { describe, expect, test } from 'vitest';
import { newPeerId, newProducerId } from '../../../shared/ids.ts';
import {
	requestedLayers,
	firstWants,
	layerFor,
	planFlows,
	type Flow,
	type Offer,
} from '../../../sfu/media/peer/wants.ts';

const me = newPeerId();
const other = newPeerId();

const offer = (changes: Partial<Offer> = {}): Offer => ({
	producerId: newProducerId(),
	peerId: other,
	kind: 'video',
	isShare: false,
	layers: 3,
	width: 1280,
	height: 720,
	...changes,
});
const byId = (offers: Offer[]) => new Map(offers.map((entry) => [entry.producerId, entry]));
const flow = (producerId: Flow['producerId'], changes: Partial<Flow> = {}): Flow => ({
	producerId,
	visible: true,
	layer: 0,
	priority: 1,
	...changes,
});
const flowsOf = (...flows: Flow[]) => new Map(flows.map((entry) => [entry.producerId, entry]));

describe('MEDIA-9: the smallest layer whose picture fills the tile', () => {
	test.each([
		['a thumbnail', [160, 90], 0],
		['a quarter', [320, 180], 0],
		['a little more than a quarter', [390, 220], 0],
		['clearly more than a quarter', [480, 270], 1],
		['half', [640, 360], 1],
		['full', [1280, 720], 2],
		['larger than there is', [3840, 2160], 2],
		['a tall phone tile, which crops', [390, 844], 2],
		['a wide low tile, which crops', [640, 100], 1],
		['one pixel', [1, 1], 0],
	])('%s', (_what, [width = 0, height = 0], layer) => {
		expect(layerFor({ width, height }, offer())).toBe(layer);
	});

	test.each([
		['one layer', { layers: 1 }, 0],
		['two layers', { layers: 2 }, 0],
		['a picture of unknown size', { width: 0, height: 0 }, 2],
		['a small picture', { width: 640, height: 360 }, 1],
		['a share, which is read', { isShare: true }, 2],
	])('of %s', (_what, changes, layer) => {
		expect(layerFor({ width: 320, height: 180 }, offer(changes))).toBe(layer);
	});
});

describe('planFlows', () => {
	test('MEDIA-6: what is gone or own is missing, the rest flows', () => {
		const [camera, own] = [offer(), offer({ peerId: me })];
		const unknown = newProducerId();
		const wants = [camera, own].map(({ producerId }) => ({
			producerId,
			width: 640,
			height: 360,
			priority: 7,
		}));
		const plan = planFlows(
			[...wants, { producerId: unknown, width: 1, height: 1, priority: 1 }],
			me,
			byId([camera, own]),
		);
		expect([...plan.flows.values()]).toEqual([flow(camera.producerId, { layer: 1, priority: 7 })]);
		expect(plan.missing).toEqual([own.producerId, unknown]);
	});

	test.each([
		['video', 0, 0, false],
		['video', 640, 0, false],
		['video', 1, 1, true],
		['audio', 0, 0, true],
	] as const)('MEDIA-5: %s wanted at %i by %i is sent: %s', (kind, width, height, visible) => {
		const producer = offer({ kind, layers: kind === 'audio' ? 1 : 3 });
		const { producerId } = producer;
		const plan = planFlows([{ producerId, width, height, priority: 1 }], me, byId([producer]));
		expect(plan.flows.get(producerId)?.visible).toBe(visible);
	});

	test('the last of two wants for the same producer counts', () => {
		const camera = offer();
		const { producerId } = camera;
		const sizes = [1280, 160].map((width) => ({
			producerId,
			width,
			height: (width * 9) / 16,
			priority: 1,
		}));
		const plan = planFlows(sizes, me, byId([camera]));
		expect([...plan.flows.values()]).toEqual([flow(producerId)]);
	});
});

describe('ROOM-1: firstWants', () => {
	test('all audio, and as many videos of others as fit, in order', () => {
		const own = offer({ peerId: me });
		const cameras = Array.from({ length: 4 }, () => offer());
		const voices = Array.from({ length: 3 }, () => offer({ kind: 'audio', layers: 1 }));
		const wants = firstWants([own, ...cameras, ...voices], me, {
			videos: 2,
			width: 640,
			height: 360,
		});
		const expected = [...cameras.slice(0, 2), ...voices].map((entry) => entry.producerId);
		expect(wants.map((want) => want.producerId)).toEqual(expected);
	});

	test('ROOM-1: every share, before all else, however few cameras there is room for', () => {
		const offers = [
			offer(),
			offer(),
			offer({ isShare: true, layers: 1 }),
			offer({ isShare: true }),
		];
		const wants = firstWants(offers, me, { videos: 1, width: 640, height: 360 });
		expect(wants.map(({ producerId, priority }) => [producerId, priority])).toEqual([
			[offers[0]?.producerId, 100],
			[offers[2]?.producerId, 255],
			[offers[3]?.producerId, 255],
		]);
	});
});

describe('demandOf', () => {
	const camera = offer();
	const voice = offer({ kind: 'audio', layers: 1 });
	const { producerId } = camera;
	test.each([
		['nobody watches', [], false, null],
		['one watches', [flowsOf(flow(producerId, { layer: 1 }))], false, 1],
		[
			'the most demanding counts',
			[
				flowsOf(flow(producerId, { layer: 1 })),
				flowsOf(flow(producerId, { layer: 2 })),
				flowsOf(flow(producerId)),
			],
			false,
			2,
		],
		[
			'a hidden tile is no demand',
			[flowsOf(flow(producerId, { visible: false, layer: 2 }))],
			false,
			null,
		],
		['somebody in the lobby (LOBBY-3)', [], true, 0],
		['a watcher and somebody in the lobby', [flowsOf(flow(producerId, { layer: 2 }))], true, 2],
		['a want for what is not offered', [flowsOf(flow(newProducerId(), { layer: 2 }))], false, null],
	] as const)('MEDIA-10: %s', (_what, flows, lobby, layer) => {
		const demand = requestedLayers([camera, voice], flows, lobby);
		expect(demand).toEqual(new Map([[producerId, layer]]));
	});

	test('LOBBY-3: of a large room only the first page is kept warm', () => {
		const cameras = Array.from({ length: 30 }, () => offer());
		const warm = [...requestedLayers(cameras, [], true).values()].filter((layer) => layer !== null);
		expect(warm).toHaveLength(9);
	});

	test('LOBBY-3: a share is kept warm, however many cameras come before it', () => {
		const cameras = Array.from({ length: 30 }, () => offer());
		const screen = offer({ isShare: true, layers: 1 });
		expect(requestedLayers([...cameras, screen], [], true).get(screen.producerId)).toBe(0);
	});
});
