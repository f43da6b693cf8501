import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CodedError } from '#shared/errors.ts';
import { PathWatch } from '#lib/features/call/engine/extra/pathWatch.ts';
import { watchQuiet } from '#lib/features/call/engine/extra/quietWatch.ts';
import type { Transport } from 'mediasoup-client/types';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A receiver to which packets come, or do not. */
class Receiver {
	timestamp = 0;
	/** How often it was asked. */
	questions = 0;
	#timer: ReturnType<typeof setInterval> | undefined;

	flow(): this {
		this.#timer = setInterval(() => (this.timestamp = performance.now()), 20);
		return this;
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	readonly browsers = {
		getSynchronizationSources: () => {
			this.questions++;
			return [{ timestamp: this.timestamp }];
		},
	} as Partial<RTCRtpReceiver> as RTCRtpReceiver;
}

describe('a line on which nothing comes', () => {
	test('is noticed after a second, once until something comes again', async () => {
		const [quiet, receiver] = [vi.fn(), new Receiver().flow()];
		const end = watchQuiet(() => [receiver.browsers], quiet);
		await vi.advanceTimersByTimeAsync(5000);
		expect(quiet).not.toHaveBeenCalled();
		receiver.stop();
		await vi.advanceTimersByTimeAsync(900);
		expect(quiet).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(600);
		expect(quiet).toHaveBeenCalledTimes(1);
		await vi.advanceTimersByTimeAsync(20_000);
		expect(quiet).toHaveBeenCalledTimes(1);
		receiver.flow();
		await vi.advanceTimersByTimeAsync(1000);
		receiver.stop();
		await vi.advanceTimersByTimeAsync(2000);
		expect(quiet).toHaveBeenCalledTimes(2);
		end();
	});

	test('is none where one of several still comes, where nothing is expected, and where nothing came yet', async () => {
		const [quiet, one, other] = [vi.fn(), new Receiver().flow(), new Receiver().flow()];
		let expected = [one, other];
		const end = watchQuiet(() => expected.map(({ browsers }) => browsers), quiet);
		await vi.advanceTimersByTimeAsync(1000);
		one.stop();
		await vi.advanceTimersByTimeAsync(5000);
		expected = [];
		other.stop();
		await vi.advanceTimersByTimeAsync(5000);
		expected = [new Receiver()];
		await vi.advanceTimersByTimeAsync(5000);
		expect(quiet).not.toHaveBeenCalled();
		end();
	});
});

test('of fifty who send one is asked at each look, and the next one where that one stops', async () => {
	const [quiet, all] = [vi.fn(), Array.from({ length: 50 }, () => new Receiver().flow())];
	const end = watchQuiet(() => all.map(({ browsers }) => browsers), quiet);
	const questions = () => all.reduce((sum, one) => sum + one.questions, 0);
	await vi.advanceTimersByTimeAsync(10_000);
	expect(questions()).toBe(40);
	all[0]?.stop();
	await vi.advanceTimersByTimeAsync(10_000);
	expect(questions()).toBeLessThan(90);
	expect(quiet).not.toHaveBeenCalled();
	end();
});

/** A transport whose state the test decides. */
class FakeTransport {
	connectionState = 'connected';
	readonly updateIceServers = vi.fn(async () => undefined);
	readonly restartIce = vi.fn(async () => undefined);
	readonly direction: 'send' | 'recv';
	readonly #listeners = new Set<() => void>();

	constructor(direction: 'send' | 'recv') {
		this.direction = direction;
	}

	on(_name: string, listener: () => void): void {
		this.#listeners.add(listener);
	}

	become(state: string): void {
		this.connectionState = state;
		for (const listener of [...this.#listeners]) listener();
	}
}

/** As much of a transport as is watched. */
const asTransport = (fake: FakeTransport): Transport => fake as never;

function watched() {
	const [send, recv] = [new FakeTransport('send'), new FakeTransport('recv')];
	const receiver = new Receiver().flow();
	const renew = vi.fn();
	const ask = vi.fn(async () => ({ iceParameters: {}, iceServers: [] }));
	const paths = new PathWatch(
		{ send: asTransport(send), recv: asTransport(recv) },
		{ ask: ask as never, renew, receivers: () => [receiver.browsers] },
	);
	return { ...{ send, recv, receiver, renew, ask, paths } };
}

describe('paths of media', () => {
	test('both restart ICE when nothing comes, although the browser takes them for connected', async () => {
		const { send, recv, receiver, renew, paths } = watched();
		await vi.advanceTimersByTimeAsync(1000);
		receiver.stop();
		await vi.advanceTimersByTimeAsync(1500);
		expect([send, recv].map(({ restartIce }) => restartIce.mock.calls.length)).toEqual([1, 1]);
		await vi.advanceTimersByTimeAsync(60_000);
		expect([send, recv].map(({ restartIce }) => restartIce.mock.calls.length)).toEqual([1, 1]);
		expect(renew).not.toHaveBeenCalled();
		paths.close();
	});

	test('a server that does not answer gets a new connection, and ICE restarts once it is there', async () => {
		const { recv, receiver, renew, ask, paths } = watched();
		await vi.advanceTimersByTimeAsync(1000);
		const lost: ((error: Error) => void)[] = [];
		ask.mockImplementation(() => new Promise((_resolve, reject) => void lost.push(reject)));
		receiver.stop();
		await vi.advanceTimersByTimeAsync(3000);
		// Both paths ask, and a connection is given up once.
		expect(renew).toHaveBeenCalledTimes(1);
		for (const fail of lost) fail(new CodedError('UNAVAILABLE'));
		await vi.advanceTimersByTimeAsync(100);
		expect(recv.restartIce).not.toHaveBeenCalled();
		ask.mockImplementation(async () => ({ iceParameters: {}, iceServers: [] }));
		paths.check();
		await vi.advanceTimersByTimeAsync(100);
		expect(recv.restartIce).toHaveBeenCalledTimes(1);
		paths.close();
	});

	test('a second change of network soon after gets another connection, and a server that is slow to answer does not', async () => {
		const { receiver, renew, ask, paths } = watched();
		receiver.stop();
		const answers: ((answer: { iceParameters: object; iceServers: never[] }) => void)[] = [];
		const answer = () => {
			for (const resolve of answers.splice(0)) resolve({ iceParameters: {}, iceServers: [] });
		};
		ask.mockImplementation(() => new Promise((resolve) => void answers.push(resolve)));
		/** Nothing comes, and the server answers only after so many ms. */
		const change = async (ms: number) => {
			receiver.flow();
			await vi.advanceTimersByTimeAsync(1000);
			receiver.stop();
			await vi.advanceTimersByTimeAsync(1250 + ms);
			answer();
			await vi.advanceTimersByTimeAsync(10);
		};
		await change(2000);
		expect(renew).toHaveBeenCalledTimes(1);
		// It is slow still.
		await change(2000);
		expect(renew).toHaveBeenCalledTimes(1);
		await change(100);
		await change(2000);
		expect(renew).toHaveBeenCalledTimes(2);
		paths.close();
	});

	test('a path that failed before the code was there is restarted at once', async () => {
		const send = new FakeTransport('send');
		send.become('failed');
		const ask = vi.fn(async () => ({ iceParameters: {}, iceServers: [] }));
		const paths = new PathWatch(
			{
				send: asTransport(send),
				recv: asTransport(new FakeTransport('recv')),
			},
			{ ask: ask as never, renew: () => undefined, receivers: () => [] },
		);
		await vi.advanceTimersByTimeAsync(10);
		expect(send.restartIce).toHaveBeenCalledTimes(1);
		paths.close();
	});

	test('one that is disconnected for a moment is left alone, and one that stays so restarts', async () => {
		const { recv, paths } = watched();
		recv.become('disconnected');
		await vi.advanceTimersByTimeAsync(1000);
		recv.become('connected');
		await vi.advanceTimersByTimeAsync(5000);
		expect(recv.restartIce).not.toHaveBeenCalled();
		recv.become('disconnected');
		await vi.advanceTimersByTimeAsync(4000);
		expect(recv.restartIce).toHaveBeenCalledTimes(1);
		paths.close();
	});
});
