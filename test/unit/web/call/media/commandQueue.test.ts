import { describe, expect, test, vi } from 'vitest';
import { CodedError } from '#shared/errors.ts';
import { CommandQueue } from '#lib/features/call/engine/media/commandQueue.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('statements', () => {
	test('what was answered is not repeated, what was not is, in order', async () => {
		const sent: string[] = [];
		let ready = true;
		const commands = new CommandQueue(
			() => ready,
			() => undefined,
		);
		const lost = (what: string) => async () => {
			sent.push(what);
			if (!ready) throw new CodedError('UNAVAILABLE');
		};
		commands.send('connect', lost('connect'));
		await settled();
		ready = false;
		commands.send('produce', lost('produce'));
		commands.send('update', lost('old update'));
		commands.send('update', lost('update'));
		expect(sent).toEqual(['connect']);
		ready = true;
		commands.repeat();
		await settled();
		commands.repeat();
		expect(sent).toEqual(['connect', 'produce', 'update']);
		commands.close();
	});

	test('what is refused is reported once and not repeated', async () => {
		const refused = vi.fn();
		const send = vi.fn(async () => {
			throw new CodedError('BAD_MEDIA');
		});
		const commands = new CommandQueue(() => true, refused);
		commands.send('produce', send);
		await settled();
		commands.repeat();
		await settled();
		expect(send).toHaveBeenCalledTimes(1);
		expect(refused.mock.calls.map(([error]) => error.code)).toEqual(['BAD_MEDIA']);
		commands.close();
	});

	test('a refusal goes to whoever asked to hear of it', async () => {
		const [all, one] = [vi.fn(), vi.fn()];
		const commands = new CommandQueue(() => true, all);
		const refused = async () => {
			throw new CodedError('CONFLICT');
		};
		commands.send('produce:share', refused, one);
		await settled();
		expect([all.mock.calls.length, one.mock.calls.length]).toEqual([0, 1]);
		commands.close();
	});

	test("what was forgotten is not said again, and its refusal is nobody's", async () => {
		const refused = vi.fn();
		let ready = false;
		const sent: string[] = [];
		const commands = new CommandQueue(() => ready, refused);
		const say = (what: string) => async () => {
			sent.push(what);
			throw new CodedError('NOT_FOUND');
		};
		commands.send('produce', say('produce'));
		commands.send('update', say('update'));
		commands.forget('produce');
		ready = true;
		commands.repeat();
		commands.forget('update');
		await settled();
		expect(sent).toEqual(['update']);
		expect(refused).not.toHaveBeenCalled();
		commands.close();
	});

	test('what the server had no time for is said again after a pause', async () => {
		vi.useFakeTimers();
		try {
			let busy = true;
			const send = vi.fn(async () => {
				if (busy) throw new CodedError('TOO_MANY_REQUESTS');
			});
			const commands = new CommandQueue(
				() => true,
				() => undefined,
			);
			commands.send('update', send);
			await vi.advanceTimersByTimeAsync(500);
			expect(send).toHaveBeenCalledTimes(1);
			busy = false;
			await vi.advanceTimersByTimeAsync(1000);
			expect(send).toHaveBeenCalledTimes(2);
			await vi.advanceTimersByTimeAsync(5000);
			expect(send).toHaveBeenCalledTimes(2);
			commands.close();
		} finally {
			vi.useRealTimers();
		}
	});
});
