import { describe, expect, test, vi } from 'vitest';
import {
	applyPlan,
	layersOf,
	planEncodings,
	planSvc,
	shareEncodings,
	shareRate,
} from '#lib/features/call/engine/media/encodings.ts';

const active = (count: number, layers: number, demand: number | null | undefined) =>
	planEncodings(count, layers, demand).map((plan) => plan.active);

describe('what is encoded', () => {
	test.each([
		['nothing is known: all of it', undefined, [true, true, true]],
		['nobody watches: nothing (MEDIA-10)', null, [false, false, false]],
		['the lowest layer is wanted', 0, [true, false, false]],
		['the middle layer is wanted', 1, [true, true, false]],
		['the highest layer is wanted', 2, [true, true, true]],
		['more is wanted than there is', 7, [true, true, true]],
	] as const)('%s', (_, demand, expected) => {
		expect(active(3, 3, demand)).toEqual(expected);
	});

	test('a browser that sends one encoding sends it for any demand', () => {
		expect(active(1, 3, 2)).toEqual([true]);
		expect(active(1, 3, null)).toEqual([false]);
	});

	test.each([
		[3, undefined, [true, true, true], [4, 2, 1]],
		[2, undefined, [true, true, false], [2, 1, 1]],
		[2, 0, [true, false, false], [2, 1, 1]],
		[1, undefined, [true, false, false], [1, 1, 1]],
		[1, null, [false, false, false], [1, 1, 1]],
	] as const)('in %i sizes the last one used is the full picture', (layers, demand, on, scale) => {
		const plan = planEncodings(3, layers, demand);
		expect(plan.map((encoding) => encoding.active)).toEqual(on);
		expect(plan.map((encoding) => encoding.scaleResolutionDownBy)).toEqual(scale);
	});
});

describe('layers that build on each other', () => {
	test.each([
		[3, undefined, true, 'L3T3_KEY', 1],
		[3, 2, true, 'L3T3_KEY', 1],
		[3, 1, true, 'L2T3_KEY', 2],
		[3, 0, true, 'L1T3', 4],
		[2, 7, true, 'L2T3_KEY', 1],
		[2, 0, true, 'L1T3', 2],
		[1, undefined, true, 'L1T3', 1],
	] as const)(
		'MEDIA-10: of %i the lowest are sent as far as %s is wanted',
		(layers, demand, active, scalabilityMode, scaleResolutionDownBy) => {
			const plan = planSvc(layers, demand);
			expect(plan).toMatchObject({ active, scalabilityMode, scaleResolutionDownBy });
		},
	);

	test('MEDIA-10: without layers of sizes the one picture is as large as anybody wants it', () => {
		const scales = [0, 1, 2, undefined].map((demand) => planSvc(3, demand, 'temporal'));
		expect(scales.map((plan) => plan.scaleResolutionDownBy)).toEqual([4, 2, 1, 1]);
		expect(new Set(scales.map((plan) => plan.scalabilityMode))).toEqual(new Set(['L1T3']));
	});

	test('MEDIA-10: nothing is encoded when nobody watches, and less may be taken by fewer layers', () => {
		expect(planSvc(3, null).active).toBe(false);
		const bits = [0, 1, 2].map((demand) => planSvc(3, demand).maxBitrate);
		expect(bits).toEqual([...bits].sort((one, other) => one - other));
		expect(new Set(bits).size).toBe(3);
	});
});

test.each([
	[1920, 1080, 3],
	[1280, 720, 3],
	[720, 1280, 3],
	[960, 540, 3],
	[640, 480, 2],
	[640, 360, 2],
	[480, 270, 2],
	[320, 240, 1],
	[0, 0, 1],
])('a picture of %i by %i is sent in %i sizes', (width, height, layers) => {
	expect(layersOf(width, height)).toBe(layers);
});

describe('what a share takes', () => {
	test.each(['text', 'motion'] as const)(
		'%s: one full picture, after the camera at first',
		(mode) => {
			const [encoding, ...others] = shareEncodings(mode);
			expect(others).toEqual([]);
			expect(encoding?.scaleResolutionDownBy ?? 1).toBe(1);
			expect(encoding).toMatchObject(shareRate(mode, 'new'));
			expect([encoding?.priority, shareRate(mode, 'settled').priority]).toEqual(['low', 'high']);
		},
	);

	test('a change of what it is for reaches the encoder once, and demand stops it', async () => {
		const encoding = { active: true, ...shareRate('text', 'new') };
		const setParameters = vi.fn(async (_: RTCRtpSendParameters) => undefined);
		const parameters = { transactionId: '', codecs: [], headerExtensions: [], rtcp: {} };
		const getParameters = () => ({ ...parameters, encodings: [encoding] });
		const sender = { getParameters, setParameters };
		const rate = shareRate('motion', 'settled');
		const plan = { layers: 3, demand: 0, rate, layering: 'simulcast' as const };
		await applyPlan(sender, plan);
		await applyPlan(sender, plan);
		expect(setParameters).toHaveBeenCalledTimes(1);
		expect(encoding).toEqual({ active: true, ...shareRate('motion', 'settled') });
		await applyPlan(sender, { ...plan, demand: null });
		expect(encoding.active).toBe(false);
	});
});
