import { expect, test } from 'vitest';
import { Visit } from '../support/account.ts';
import { acquainted, call, type Caller } from '../support/calls.ts';
import type { Cast } from '../support/client.ts';
import { PushedDevice, PushService } from '../support/pushService.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

let service: Service;
let cast: Cast;
withService((on) => ({ service, cast } = on), { push: { enabled: false } });

test('PUSH-4: with push.enabled off there is no key, no subscription and no request to anybody', async () => {
	const pushService = await PushService.open();
	try {
		const [ann, ben] = (await acquainted(cast, 'Ann', 'Ben')) as [Caller, Caller];
		const visit = await Visit.guest(service);
		expect((await visit.ask('GET', '/api/push')).data).toEqual({ key: null });
		const { settings } = new PushedDevice(pushService);
		expect((await visit.ask('PUT', '/api/push', settings)).code).toBe('NOT_ALLOWED');
		const { ringId } = await call(ann, ben);
		await ben.client.until('call:ringing', ({ ring }) => ring.ringId === ringId);
		expect(pushService.pushed).toEqual([]);
	} finally {
		pushService.close();
	}
});
