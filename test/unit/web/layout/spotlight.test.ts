import { describe, expect, it } from 'vitest';
import type { PeerId } from '#shared/ids.ts';
import {
	chooseSpot,
	sameSpot,
	waitBefore,
	type Spot,
	type SpotCast,
} from '#lib/layout/spotlight.ts';

const [ana, bo, cy] = ['ana', 'bo', 'cy'] as PeerId[] as [PeerId, PeerId, PeerId];
const face = (peerId: PeerId): Spot => ({ source: 'camera', peerId });
const screen = (peerId: PeerId): Spot => ({ source: 'screen', peerId });
const cast = (parts: Partial<SpotCast>): SpotCast => ({
	people: [ana, bo, cy],
	screens: [],
	pinned: new Set(),
	speaker: null,
	...parts,
});

describe('the one picture of a small window', () => {
	type Row = [string, Partial<SpotCast>, Spot | null];
	it.each<Row>([
		['nobody where nobody else is', { people: [] }, null],
		['who is there the longest while nobody spoke', {}, face(ana)],
		['who has the word', { speaker: bo }, face(bo)],
		[
			'who is there the longest once the speaker left',
			{ people: [bo, cy], speaker: ana },
			face(bo),
		],
		['whom the person pinned before who speaks', { pinned: new Set([cy]), speaker: bo }, face(cy)],
		['who speaks when the pinned one left', { pinned: new Set(['gone']), speaker: bo }, face(bo)],
		['who speaks when oneself is pinned', { pinned: new Set(['you']), speaker: bo }, face(bo)],
		['a screen before anybody', { screens: [bo], pinned: new Set([cy]), speaker: ana }, screen(bo)],
		['the first of two screens', { screens: [bo, cy] }, screen(bo)],
		['the pinned one of two', { screens: [bo, cy], pinned: new Set(['screen:cy']) }, screen(cy)],
	])('is %s', (_, parts, expected) => {
		expect(chooseSpot(cast(parts))).toEqual(expected);
	});

	type Turn = [string, Spot | null, Spot | null, number, number];
	it.each<Turn>([
		['a face waits for one that is new', face(ana), face(bo), 400, 1100],
		['a face gives way to another after a while', face(ana), face(bo), 1500, 0],
		['a face gives way to a screen at once', face(ana), screen(bo), 0, 0],
		['a screen gives way at once', screen(ana), face(bo), 0, 0],
		['who left gives way at once', face('gone' as PeerId), face(bo), 0, 0],
		['nobody gives way at once', null, face(bo), 0, 0],
	])('%s', (_, shown, next, shownFor, wait) => {
		expect(waitBefore(shown, next, [ana, bo, cy], shownFor)).toBe(wait);
	});

	it("knows somebody's face from their screen", () => {
		expect(sameSpot(face(ana), face(ana))).toBe(true);
		expect(sameSpot(face(ana), screen(ana))).toBe(false);
		expect(sameSpot(face(ana), null)).toBe(false);
		expect(sameSpot(null, null)).toBe(true);
	});
});
