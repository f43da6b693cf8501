import { afterEach, beforeEach, expect, test } from 'vitest';
import { problemWords } from '#lib/features/call/text/devices.text.ts';
import { FakePage, outcome, until } from '../../support/clientEngine/fakePage.ts';
import { FakeRoom } from '../../support/clientEngine/fakeRoom.ts';

let page: FakePage;
beforeEach(async () => {
	page = await FakePage.open();
});
afterEach(() => page.close());

test.each([
	['NotAllowedError', 'refused', /blocked.*allow both/i],
	['NotFoundError', 'absent', /found.*plug/i],
	['NotReadableError', 'busy', /didn't start.*another app/i],
] as const)(
	'a camera and a microphone that fail with %s: words say what to do, and the person joins and receives',
	async (error, problem, says) => {
		for (const { deviceId } of page.browser.devices) page.browser.failing.set(deviceId, error);
		const room = new FakeRoom(page.server);
		const { call, told } = page.call(room.id);
		await until(() => told.last('camera')?.kind === 'problem', 'the camera is a problem');
		await until(() => told.last('microphone')?.kind === 'problem', 'the microphone is a problem');
		const [microphone, camera] = [told.last('microphone'), told.last('camera')];
		expect([microphone, camera]).toEqual([
			{ kind: 'problem', problem },
			{ kind: 'problem', problem },
		]);
		if (!microphone || !camera) throw new Error('nothing was told');
		// Once, where both have the same problem.
		const words = problemWords(microphone, camera);
		expect(words).toHaveLength(1);
		expect(words.map(({ title, help }) => `${title} ${help}`).join()).toMatch(says);

		expect(await outcome(call.join('Ana'))).toBeNull();
		expect(told.phase).toBe('joined');
		await until(
			() => page.media.open.some(({ consumers }) => consumers.length === 2),
			'it receives',
		);
		await until(() => page.server.count('media:produce') === 2, 'it would send');
		const producers = page.media.open.flatMap((transport) => transport.producers);
		for (const kind of ['audio', 'video']) {
			const producer = producers.find((one) => one.kind === kind);
			const stated = [
				...page.server.inputs('media:produce'),
				...page.server.inputs('media:update'),
			].filter(({ producerId }) => producerId === producer?.id);
			expect(stated.at(-1), kind).toMatchObject({ paused: true });
		}
	},
);
