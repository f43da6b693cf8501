import { describe, expect, it } from 'vitest';
import { newPeerId } from '#shared/ids.ts';
import type { StreamFigures } from '#lib/features/call/engine/statistics/figures.ts';
import type {
	QualityCause,
	Statistics,
} from '#lib/features/call/engine/statistics/statisticsModel.ts';
import { prolongPath, prolongStream } from '#lib/features/call/engine/statistics/history.ts';
import { qualityWords } from '#lib/features/call/text/quality.text.ts';

const figures: StreamFigures = {
	bitrate: 300_000,
	loss: 0,
	jitter: 5,
	rtt: 40,
	framesPerSecond: 15,
	width: 320,
	height: 180,
	codec: 'VP8',
	limitation: 'none',
	layers: [],
	dropped: null,
	freezes: null,
};

function statistics(
	cause: QualityCause | null,
	limitation: StreamFigures['limitation'] = 'none',
): Statistics {
	const figuresOfPath = { rtt: 40, available: 1_000_000, protocol: 'udp' } as const;
	const path = { ...figuresOfPath, history: prolongPath(undefined, 0, figuresOfPath) };
	const history = prolongStream(undefined, 0, figures);
	const demand = undefined;
	return {
		at: 0,
		send: path,
		receive: path,
		streams: [
			{
				key: 'own',
				peerId: null,
				source: 'camera',
				demand,
				now: { ...figures, limitation },
				history,
			},
			{ key: 'their', peerId: newPeerId(), source: 'camera', demand, now: figures, history },
		],
		verdict: cause && { cause, peerIds: [] },
	};
}

describe('the words about the quality of a call', () => {
	it('are none while nothing is measured, all is well, or it is somebody else who has trouble', () => {
		expect(qualityWords(null)).toBeNull();
		expect(qualityWords(statistics(null, 'bandwidth'))).toBeNull();
		expect(qualityWords(statistics('their uplink'))).toBeNull();
	});

	it('say nothing of a picture that is not sent: the camera is off', () => {
		const all = statistics('own uplink', 'bandwidth');
		const streams = all.streams.map((one) => ({ ...one, now: { ...one.now, bitrate: 0 } }));
		const words = qualityWords({ ...all, streams });
		expect(words?.help).not.toContain('lower quality');
	});

	it.each([
		['own uplink', 'none', 'Your connection is slow', 'trouble seeing and hearing you'],
		['own uplink', 'bandwidth', 'Your connection is slow', 'lower quality'],
		['own CPU', 'none', 'Your device is busy', 'stutter'],
		['own CPU', 'cpu', 'Your device is busy', 'lower quality'],
		['server', 'none', 'Poor connection to the server', 'break up'],
	] as const)(
		'for %s, with the camera limited by %s, begin with "%s"',
		(cause, limit, title, help) => {
			const words = qualityWords(statistics(cause, limit));
			expect(words?.title).toBe(title);
			expect(words?.help).toContain(help);
		},
	);
});
