import { expect, test } from 'vitest';
import { newSessionId } from '../../../shared/ids.ts';
import { isReachable } from '../../../sfu/push/publicLookup.ts';
import { PushSender } from '../../../sfu/push/pushSender.ts';
import { PushedDevice, PushService } from '../../support/pushService.ts';
import webPush from 'web-push';

test.each([
	['93.184.216.34', true],
	['2606:2800:220:1:248:1893:25c8:1946', true],
	['127.0.0.1', false],
	['0.0.0.0', false],
	['10.1.2.3', false],
	['172.16.0.1', false],
	['192.168.1.1', false],
	['100.64.0.1', false],
	['169.254.169.254', false],
	['224.0.0.1', false],
	['255.255.255.255', false],
	['::', false],
	['::1', false],
	['fe80::1', false],
	['fc00::1', false],
	['::ffff:127.0.0.1', false],
	['64:ff9b::7f00:1', false],
])('whether a push service may have the address %s: %s', (address, may) => {
	expect(isReachable(address, [])).toBe(may);
});

test('networks of the operator are reached besides, and no others', () => {
	const networks = ['10.0.0.0/8', '192.168.1.1', 'fd00::/8'];
	const reached = ['10.1.2.3', '192.168.1.1', 'fd00::1', '::ffff:10.1.2.3'];
	for (const address of reached) expect(isReachable(address, networks)).toBe(true);
	for (const address of ['192.168.1.2', '127.0.0.1', 'fe80::1'])
		expect(isReachable(address, networks)).toBe(false);
});

test('PUSH-5: a name that leads to this machine is never connected to', async () => {
	const service = await PushService.open();
	const device = new PushedDevice(service);
	const about = { ...device.settings, muted: [] };
	const to = { ...about, personId: newSessionId() as never, sessionId: newSessionId() };
	const notice = { kind: 'ring', ringId: newSessionId(), name: 'Ann', video: true };
	const handling = { seconds: 1, urgency: 'high', topic: 'x' } as const;
	const send = async (networks: string[]) => {
		const sender = new PushSender(webPush.generateVAPIDKeys(), '', networks);
		try {
			return await sender.send(to, notice as never, handling);
		} finally {
			sender.close();
		}
	};
	try {
		await expect(send([])).rejects.toThrow('the host has no public address');
		expect(service.pushed).toEqual([]);
		expect(await send(['127.0.0.0/8', '::1'])).toBe('taken');
		expect(device.notices).toEqual([notice]);
	} finally {
		service.close();
	}
});
