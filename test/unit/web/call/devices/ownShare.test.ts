import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CodedError } from '#shared/errors.ts';
import type { ShareState } from '#lib/features/call/engine/model.ts';
import { OwnShare } from '#lib/features/call/engine/devices/ownShare.ts';
import { shareProblemOf } from '#lib/features/call/engine/devices/screenPicker.ts';
import type { ShareFeed } from '#lib/features/call/engine/media/shareSending.ts';
import { FakeTrack, settled } from '../../../../support/devices.ts';

class FakeStream {
	readonly #tracks: FakeTrack[];
	constructor(tracks: FakeTrack[]) {
		this.#tracks = tracks;
	}
	getTracks = () => this.#tracks;
	getVideoTracks = () => this.#tracks.filter(({ kind }) => kind === 'video');
	getAudioTracks = () => this.#tracks.filter(({ kind }) => kind === 'audio');
}

/** A browser whose picker is answered by the test. */
function setUp() {
	let answer: { resolve: (stream: FakeStream) => void; reject: (error: unknown) => void };
	const getDisplayMedia = vi.fn(
		(_: DisplayMediaStreamOptions) =>
			new Promise<FakeStream>((resolve, reject) => (answer = { resolve, reject })),
	);
	vi.stubGlobal('navigator', {
		mediaDevices: { getDisplayMedia, getSupportedConstraints: () => ({}) },
	});
	const picked: FakeTrack[] = [];
	const pick = async (sound = true) => {
		const tracks = [new FakeTrack('video', 'screen')];
		if (sound) tracks.push(new FakeTrack('audio', 'sound'));
		picked.push(...tracks);
		answer.resolve(new FakeStream(tracks));
		await settled();
		return tracks;
	};
	const told: ShareState[] = [];
	const share = new OwnShare((state) => told.push(state));
	const fed: (ShareFeed | null)[] = [];
	const sender = { share: async (feed: ShareFeed | null) => void fed.push(feed) };
	share.attach(sender);
	const state = () => told.at(-1);
	return {
		share,
		told,
		fed,
		state,
		pick,
		getDisplayMedia,
		live: () => picked.filter(({ readyState }) => readyState === 'live').length,
		refuse: async (name: string, message = '') => {
			answer.reject(new DOMException(message, name));
			await settled();
		},
	};
}

beforeEach(() => vi.stubGlobal('MediaStream', FakeStream));
afterEach(() => vi.unstubAllGlobals());

test.each([
	['NotAllowedError', 'Permission denied', null],
	['NotAllowedError', 'Permission denied by system', 'refused'],
	['NotAllowedError', 'Disallowed by permissions policy', 'refused'],
	['AbortError', '', null],
	['NotFoundError', '', 'refused'],
	['NotReadableError', '', 'failed'],
	['UnheardOfError', '', 'failed'],
])('picking that ends with %s (%s): %s', (name, message, problem) => {
	expect(shareProblemOf(new DOMException(message, name))).toBe(problem);
});

describe('sharing', () => {
	test('text is hinted and fed with its sound, and stopping lets all of it go', async () => {
		const { share, told, fed, pick, live } = setUp();
		void share.start();
		expect(told).toEqual([{ kind: 'starting' }]);
		const [video, audio] = await pick();
		expect(told.at(-1)).toMatchObject({ kind: 'on', mode: 'text' });
		expect(video?.contentHint).toBe('text');
		expect(fed).toMatchObject([{ video, audio, mode: 'text' }]);
		share.stop();
		expect([told.at(-1), fed.at(-1), live()]).toEqual([{ kind: 'off' }, null, 0]);
	});

	test('who picks nothing shares nothing, and that is no problem', async () => {
		const { share, told, fed, refuse } = setUp();
		void share.start();
		await refuse('NotAllowedError', 'Permission denied');
		expect(told).toEqual([{ kind: 'starting' }, { kind: 'off' }]);
		expect(fed).toEqual([]);
	});

	test('what the system forbids is a problem', async () => {
		const { share, state, refuse } = setUp();
		void share.start();
		await refuse('NotAllowedError', 'Permission denied by system');
		expect(state()).toEqual({ kind: 'problem', problem: 'refused' });
	});

	test('stopped while the picker is open: what is picked then is let go', async () => {
		const { share, state, fed, pick, live } = setUp();
		void share.start();
		share.stop();
		await pick();
		expect([state(), fed, live()]).toEqual([{ kind: 'off' }, [], 0]);
	});

	test('the picker opens once, however often it is asked for', async () => {
		const { share, getDisplayMedia, pick } = setUp();
		void share.start();
		void share.start();
		await pick();
		expect(getDisplayMedia).toHaveBeenCalledTimes(1);
	});

	test("ended by the browser's own button", async () => {
		const { share, state, fed, pick, live } = setUp();
		void share.start();
		const [video] = await pick();
		video?.end();
		expect([state(), fed.at(-1), live()]).toEqual([{ kind: 'off' }, null, 0]);
	});

	test('the sound may end alone', async () => {
		const { share, state, fed, pick } = setUp();
		void share.start();
		const [video, audio] = await pick();
		audio?.end();
		expect(state()?.kind).toBe('on');
		expect(fed.at(-1)).toMatchObject({ video, audio: null });
	});

	test('something else in its place, and nothing else where the person changes their mind', async () => {
		const { share, told, fed, pick, live, refuse } = setUp();
		void share.start();
		const [first] = await pick();
		void share.start('motion');
		const [second] = await pick(false);
		expect(told.map(({ kind }) => kind)).toEqual(['starting', 'on', 'on']);
		expect(fed.at(-1)).toMatchObject({ video: second, audio: null, mode: 'motion' });
		expect([first?.readyState, live()]).toEqual(['ended', 1]);
		void share.start();
		await refuse('NotAllowedError', 'Permission denied');
		expect([told.at(-1)?.kind, live()]).toEqual(['on', 1]);
		// The first one is gone: what is told of it concerns nobody.
		first?.dispatchEvent(new Event('ended'));
		expect(told.at(-1)?.kind).toBe('on');
	});

	test('from text to motion without picking again', async () => {
		const { share, state, fed, pick, getDisplayMedia } = setUp();
		void share.start();
		const [video] = await pick();
		await share.setMode('motion');
		expect(video?.contentHint).toBe('motion');
		expect(state()).toMatchObject({ kind: 'on', mode: 'motion' });
		expect(fed.at(-1)).toMatchObject({ video, mode: 'motion' });
		expect(getDisplayMedia).toHaveBeenCalledTimes(1);
	});

	test('goes on over the next sender after a start over', async () => {
		const { share, pick } = setUp();
		void share.start();
		const [video] = await pick();
		const next: (ShareFeed | null)[] = [];
		share.attach({ share: async (feed) => void next.push(feed) });
		expect(next).toMatchObject([{ video }]);
	});

	test('what the server does not take ends with its words; a word on an earlier share does not', async () => {
		const { share, state, fed, pick, live } = setUp();
		void share.start();
		await pick();
		const first = fed[0];
		void share.start();
		await pick();
		first?.failed(new CodedError('CONFLICT'));
		expect(state()?.kind).toBe('on');
		fed[1]?.failed(new CodedError('LIMIT_REACHED', 'Only hosts may share here.'));
		expect(state()).toEqual({
			kind: 'problem',
			problem: 'declined',
			message: 'Only hosts may share here.',
		});
		expect([fed.at(-1), live()]).toEqual([null, 0]);
	});
});
