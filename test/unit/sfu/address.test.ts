import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { addressBlock, addressOf, trusting } from '../../../sfu/platform/address.ts';

test.each([
	['192.0.2.1', '192.0.2.0/24'],
	['::ffff:192.0.2.1', '192.0.2.0/24'],
	['2001:db8:1:2:3:4:5:6', '2001:db8:1::/56'],
	['2001:0DB8:0001:01ff::9', '2001:db8:1:100::/56'],
	['::1', '::/56'],
	['192.0.2.1:4711', '192.0.2.0/24'],
	['[2001:db8:1:2::5]:4711', '2001:db8:1::/56'],
	['[2001:db8:1:2::5]', '2001:db8:1::/56'],
	['192.0.2.1:x', '192.0.2.1:x'],
	['fe80::1%eth0', 'fe80::/56'],
	['', ''],
	['x'.repeat(9000), 'x'.repeat(64)],
])('%s is in %s', (address, block) => {
	expect(addressBlock(address)).toBe(block);
});

describe('A-H4: of a request by way of proxies', () => {
	const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: '127.0.0.1' });
	const request = new IncomingMessage(socket);
	request.headers['x-forwarded-for'] = '198.51.100.20, 203.0.113.7, 10.0.0.2';

	test.each([
		[false, '127.0.0.1'],
		[0, '127.0.0.1'],
		[true, '10.0.0.2'],
		[1, '10.0.0.2'],
		[2, '203.0.113.7'],
		[['127.0.0.1', '10.0.0.0/8'], '203.0.113.7'],
		[['192.0.2.1'], '127.0.0.1'],
	])('trustProxy %j finds %s', (setting, address) => {
		expect(addressOf(request, trusting(setting))).toBe(address);
	});
});
