import { describe, expect, test } from 'vitest';
import { newPeerId } from '#shared/ids.ts';
import type { StreamFigures } from '#lib/features/call/engine/statistics/figures.ts';
import type { QualityVerdict } from '#lib/features/call/engine/statistics/statisticsModel.ts';
import {
	judgeQuality,
	SteadyVerdict,
	type Received,
	type Sent,
} from '#lib/features/call/engine/statistics/quality.ts';

const fine: StreamFigures = {
	bitrate: 500_000,
	loss: 0,
	jitter: 5,
	rtt: 30,
	framesPerSecond: 25,
	width: 640,
	height: 360,
	codec: null,
	limitation: 'none',
	layers: [],
	dropped: 0,
	freezes: 0,
};
const [ann, bob] = [newPeerId(), newPeerId()];
const sent = (now: Partial<StreamFigures>, changes: Partial<Sent> = {}): Sent => ({
	now: { ...fine, ...now },
	source: 'camera',
	demand: 2,
	...changes,
});
const from = (
	peerId: typeof ann,
	now: Partial<StreamFigures>,
	changes: Partial<Received> = {},
): Received => ({
	now: { ...fine, limitation: null, ...now },
	source: 'camera',
	peerId,
	expected: true,
	...changes,
});
const line = { rtt: 30, available: 3e6 };
const well = [from(ann, {}), from(bob, {})];

describe('what a call suffers from', () => {
	test.each<[string, Parameters<typeof judgeQuality>[0], QualityVerdict['cause'] | null]>([
		['nothing at all', { send: line, sent: [sent({})], received: well }, null],
		['nobody else is here', { send: line, sent: [sent({})], received: [] }, null],
		[
			'nothing was measured',
			{ send: { rtt: null, available: null }, sent: [], received: [] },
			null,
		],
		[
			'the encoder has no time',
			{ send: line, sent: [sent({ limitation: 'cpu' })], received: well },
			'own CPU',
		],
		[
			'the decoder has no time',
			{ send: line, sent: [], received: [from(ann, { dropped: 0.3 }), from(bob, {})] },
			'own CPU',
		],
		[
			'no time and no bandwidth: time comes first',
			{
				send: line,
				sent: [sent({ limitation: 'bandwidth' }), sent({ limitation: 'cpu' })],
				received: well,
			},
			'own CPU',
		],
		[
			'too little bandwidth',
			{ send: line, sent: [sent({ limitation: 'bandwidth' })], received: well },
			'own uplink',
		],
		[
			'what nobody watches cannot be limited',
			{ send: line, sent: [sent({ limitation: 'bandwidth' }, { demand: null })], received: well },
			null,
		],
		[
			'what is sent is lost',
			{ send: line, sent: [sent({ loss: 0.08 }, { source: 'microphone' })], received: well },
			'own uplink',
		],
		[
			'a little loss is nothing',
			{ send: line, sent: [sent({ loss: 0.01 })], received: well },
			null,
		],
		[
			'a long way there and back',
			{ send: { ...line, rtt: 900 }, sent: [sent({})], received: well },
			'own uplink',
		],
		[
			'the own line, although all others come badly as well',
			{
				send: line,
				sent: [sent({ loss: 0.2 })],
				received: [from(ann, { loss: 0.2 }), from(bob, { loss: 0.2 })],
			},
			'own uplink',
		],
		[
			'one of two comes badly',
			{ send: line, sent: [sent({})], received: [from(ann, { loss: 0.1 }), from(bob, {})] },
			'their uplink',
		],
		[
			'the only other comes badly',
			{ send: line, sent: [sent({})], received: [from(ann, { freezes: 1 })] },
			'their uplink',
		],
		[
			'everybody comes badly',
			{
				send: line,
				sent: [sent({})],
				received: [from(ann, { jitter: 200 }), from(bob, { framesPerSecond: 1 })],
			},
			'server',
		],
		[
			'a picture that is off or out of sight',
			{
				send: line,
				sent: [],
				received: [from(ann, { framesPerSecond: 0 }, { expected: false }), from(bob, {})],
			},
			null,
		],
		[
			'a page that is shown and stands still',
			{
				send: line,
				sent: [],
				received: [from(ann, { framesPerSecond: 0, freezes: 1 }, { source: 'screen' })],
			},
			null,
		],
		[
			'a voice that is torn',
			{
				send: line,
				sent: [],
				received: [
					from(ann, { loss: 0.2 }, { source: 'microphone' }),
					from(ann, {}),
					from(bob, {}),
				],
			},
			'their uplink',
		],
	])('%s', (_, evidence, cause) => {
		expect(judgeQuality(evidence)?.cause ?? null).toBe(cause);
	});

	test('whose line it is, is told', () => {
		const received = [from(ann, {}), from(bob, { loss: 0.1 })];
		expect(judgeQuality({ send: line, sent: [], received })).toEqual({
			cause: 'their uplink',
			peerIds: [bob],
		});
	});
});

test('one bad second is not told, three are, and so it ends', () => {
	const steady = new SteadyVerdict();
	const cpu: QualityVerdict = { cause: 'own CPU', peerIds: [] };
	const uplink: QualityVerdict = { cause: 'own uplink', peerIds: [] };
	const told = [cpu, null, cpu, uplink, cpu, cpu, cpu, null, null, cpu, null, null, null].map(
		(verdict) => steady.weigh(verdict)?.cause ?? null,
	);
	expect(told).toEqual([
		...[null, null, null, null, null, null, 'own CPU'],
		...['own CPU', 'own CPU', 'own CPU', 'own CPU', 'own CPU', null],
	]);
});

test('who it is may change without a pause', () => {
	const steady = new SteadyVerdict();
	const of = (peerId: typeof ann): QualityVerdict => ({ cause: 'their uplink', peerIds: [peerId] });
	for (const verdict of [of(ann), of(ann), of(ann)]) steady.weigh(verdict);
	expect(steady.weigh(of(bob))?.peerIds).toEqual([bob]);
});
