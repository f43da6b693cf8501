import { describe, expect, test, vi } from 'vitest';
import { CodedError } from '#shared/errors.ts';
import { Statements } from '#lib/call/statements.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('statements', () => {
	test('what was answered is not repeated, what was not is, in order', async () => {
		const sent: string[] = [];
		let ready = true;
		const statements = new Statements(
			() => ready,
			() => undefined,
		);
		const lost = (what: string) => async () => {
			sent.push(what);
			if (!ready) throw new CodedError('UNAVAILABLE');
		};
		statements.state('connect', lost('connect'));
		await settled();
		ready = false;
		statements.state('produce', lost('produce'));
		statements.state('update', lost('old update'));
		statements.state('update', lost('update'));
		expect(sent).toEqual(['connect']);
		ready = true;
		statements.repeat();
		await settled();
		statements.repeat();
		expect(sent).toEqual(['connect', 'produce', 'update']);
		statements.close();
	});

	test('what is refused is reported once and not repeated', async () => {
		const refused = vi.fn();
		const send = vi.fn(async () => {
			throw new CodedError('BAD_MEDIA');
		});
		const statements = new Statements(() => true, refused);
		statements.state('produce', send);
		await settled();
		statements.repeat();
		await settled();
		expect(send).toHaveBeenCalledTimes(1);
		expect(refused.mock.calls.map(([error]) => error.code)).toEqual(['BAD_MEDIA']);
		statements.close();
	});

	test('a refusal goes to whoever asked to hear of it', async () => {
		const [all, one] = [vi.fn(), vi.fn()];
		const statements = new Statements(() => true, all);
		const refused = async () => {
			throw new CodedError('CONFLICT');
		};
		statements.state('produce:share', refused, one);
		await settled();
		expect([all.mock.calls.length, one.mock.calls.length]).toEqual([0, 1]);
		statements.close();
	});

	test("what was forgotten is not said again, and its refusal is nobody's", async () => {
		const refused = vi.fn();
		let ready = false;
		const sent: string[] = [];
		const statements = new Statements(() => ready, refused);
		const say = (what: string) => async () => {
			sent.push(what);
			throw new CodedError('NOT_FOUND');
		};
		statements.state('produce', say('produce'));
		statements.state('update', say('update'));
		statements.forget('produce');
		ready = true;
		statements.repeat();
		statements.forget('update');
		await settled();
		expect(sent).toEqual(['update']);
		expect(refused).not.toHaveBeenCalled();
		statements.close();
	});

	test('what the server had no time for is said again after a pause', async () => {
		vi.useFakeTimers();
		try {
			let busy = true;
			const send = vi.fn(async () => {
				if (busy) throw new CodedError('TOO_MANY_REQUESTS');
			});
			const statements = new Statements(
				() => true,
				() => undefined,
			);
			statements.state('update', send);
			await vi.advanceTimersByTimeAsync(500);
			expect(send).toHaveBeenCalledTimes(1);
			busy = false;
			await vi.advanceTimersByTimeAsync(1000);
			expect(send).toHaveBeenCalledTimes(2);
			await vi.advanceTimersByTimeAsync(5000);
			expect(send).toHaveBeenCalledTimes(2);
			statements.close();
		} finally {
			vi.useRealTimers();
		}
	});
});
