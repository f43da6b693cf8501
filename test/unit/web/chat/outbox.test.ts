import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Message } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import { newMessageId } from '#shared/ids.ts';
import type { Outgoing } from '#lib/features/chat/engine/model.ts';
import { Outbox } from '#lib/features/chat/engine/conversation/outbox.ts';
import { toOutgoing } from '#lib/features/chat/engine/conversation/outgoing.ts';
import { ann, said } from './messages.ts';

const written = (body: string): Outgoing =>
	toOutgoing(
		{ messageId: newMessageId(), sentAt: 0, body, replyTo: null, mentions: [], files: [] },
		{ ...ann, role: 'member' },
	);

/** A server that answers when and how the test says. */
class Server {
	ready = true;
	readonly heard: string[] = [];
	readonly #answers: { resolve: (message: Message) => void; reject: (error: Error) => void }[] = [];
	readonly outbox = new Outbox({
		ready: () => this.ready,
		send: ({ content }) => {
			this.heard.push(content.body);
			return new Promise((resolve, reject) => this.#answers.push({ resolve, reject }));
		},
		sent: () => undefined,
		refused: () => undefined,
		changed: () => undefined,
	});

	async stores(): Promise<void> {
		this.#answers.shift()?.resolve(said(this.heard.length));
		await vi.advanceTimersByTimeAsync(0);
	}

	async refuses(error: CodedError): Promise<void> {
		this.#answers.shift()?.reject(error);
		await vi.advanceTimersByTimeAsync(0);
	}

	get deliveries(): string[] {
		return this.outbox.messages.map(
			({ content, delivery }) =>
				`${content.body} ${delivery.kind === 'failed' ? delivery.problem : delivery.kind}`,
		);
	}
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the outbox', () => {
	test('sends one after the other, in the order of writing', async () => {
		const server = new Server();
		server.outbox.add(written('one'));
		server.outbox.add(written('two'));
		expect(server.heard).toEqual(['one']);
		await server.stores();
		expect([server.heard, server.deliveries]).toEqual([
			['one', 'two'],
			['one sent', 'two pending'],
		]);
		await server.stores();
		server.outbox.settle(({ delivery }) => delivery.kind === 'sent');
		expect(server.outbox.messages).toEqual([]);
	});

	test('what was under way when the connection was lost is sent again, before all else', async () => {
		const server = new Server();
		server.outbox.add(written('one'), written('two'));
		server.ready = false;
		await server.refuses(new CodedError('UNAVAILABLE'));
		await vi.advanceTimersByTimeAsync(60_000);
		expect(server.deliveries).toEqual(['one pending', 'two pending']);
		expect(server.heard).toEqual(['one']);
		server.ready = true;
		server.outbox.resume();
		await server.stores();
		await server.stores();
		expect(server.heard).toEqual(['one', 'one', 'two']);
		expect(server.deliveries).toEqual(['one sent', 'two sent']);
	});

	test('what the server has no time for is tried three times more, then the person is asked', async () => {
		const server = new Server();
		server.outbox.add(written('one'), written('two'));
		for (const [index, pause] of [1000, 2000, 4000].entries()) {
			await server.refuses(new CodedError('NOT_SAVED'));
			await vi.advanceTimersByTimeAsync(pause - 1);
			expect(server.heard).toHaveLength(index + 1);
			await vi.advanceTimersByTimeAsync(1);
			expect(server.heard).toHaveLength(index + 2);
		}
		await server.refuses(new CodedError('NOT_SAVED', 'Not now.'));
		expect(server.deliveries).toEqual(['one Not now.', 'two pending']);
		expect(server.heard.at(-1)).toBe('two');
		await server.stores();
		server.outbox.retry(server.outbox.messages[0]!.messageId);
		await server.stores();
		expect(server.deliveries).toEqual(['one sent', 'two sent']);
	});

	test('what is refused is not tried again, and can be discarded', async () => {
		const server = new Server();
		const [one, two] = [written('one'), written('two')];
		server.outbox.add(one, two);
		await server.refuses(new CodedError('NOT_FOUND', 'It is gone.'));
		await vi.advanceTimersByTimeAsync(60_000);
		expect([server.heard, server.deliveries]).toEqual([
			['one', 'two'],
			['one It is gone.', 'two pending'],
		]);
		server.outbox.discard(one.messageId);
		server.outbox.discard(two.messageId);
		expect(server.deliveries).toEqual(['two pending']);
	});

	test('a message is in it once', () => {
		const server = new Server();
		const one = written('one');
		server.outbox.add(one);
		server.outbox.add(one);
		expect(server.outbox.messages).toHaveLength(1);
	});
});

describe('slow mode', () => {
	const early = (wait: number) => new CodedError('SLOW_MODE', 'Wait.', wait);

	test('sends a message that came too early again when its time has come, and those after it later', async () => {
		const server = new Server();
		server.outbox.add(written('one'), written('two'));
		for (let refusal = 0; refusal < 5; refusal++) {
			await server.refuses(early(9000));
			await vi.advanceTimersByTimeAsync(8999);
			expect(server.heard).toHaveLength(1 + refusal);
			await vi.advanceTimersByTimeAsync(1);
		}
		expect(server.heard).toEqual(Array<string>(6).fill('one'));
		expect(server.deliveries).toEqual(['one pending', 'two pending']);
		await server.stores();
		expect(server.heard.at(-1)).toBe('two');
	});

	test('sends at once what waits when slow mode ends', async () => {
		const server = new Server();
		server.outbox.add(written('one'));
		await server.refuses(early(300_000));
		server.outbox.hurry();
		expect(server.heard).toEqual(['one', 'one']);
	});
});
