import { describe, expect, test } from 'vitest';
import { attribute, bindingRequest, signed } from '../../../sfu/doctor/stun.ts';
import { readFirst } from '../../../sfu/http/firstBytes.ts';
import { randomNumbers } from '../../support/randomNumbers.ts';

const agent = { usernameFragment: 'a8kf0pq2', password: 'secret' };
const request = bindingRequest(agent, 'browser');

/** A message behind its length, as over TCP. */
function framed(message: Buffer, length = message.length): Buffer {
	const head = Buffer.alloc(2);
	head.writeUInt16BE(length);
	return Buffer.concat([head, message]);
}

const changed = (bytes: Buffer, at: number, byte: number) => {
	const copy = Buffer.from(bytes);
	copy[at] = byte;
	return copy;
};

/** A request with these attributes alone, and what proves its sender. */
const asking = (...attributes: Buffer[]) =>
	framed(signed(0x0001, Buffer.alloc(12), attributes, agent.password));

describe('HTTP-13: the first bytes of a connection', () => {
	test.each([
		['HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
		['an empty line before HTTP', Buffer.from('\r\n')],
		['TLS', Buffer.from([0x16, 0x03, 0x01])],
		['HTTP/2 without TLS', Buffer.from('PRI * HTTP/2.0')],
		['a message that is too long', framed(Buffer.alloc(800))],
	])('are of the pages: %s', (_what, bytes) => {
		expect(readFirst(bytes)).toEqual({ kind: 'pages' });
	});

	test('name the transport once the whole request is there', () => {
		const bytes = framed(request);
		for (let length = 1; length < bytes.length; length++)
			expect(readFirst(bytes.subarray(0, length))).toEqual({ kind: 'unfinished' });
		const media = { kind: 'media', fragment: agent.usernameFragment };
		expect(readFirst(bytes)).toEqual(media);
		expect(readFirst(Buffer.concat([bytes, bytes]))).toEqual(media);
	});

	test('name the transport wherever the user name stands in the request', () => {
		const name = attribute(0x0006, Buffer.from('x7:browser'));
		const other = attribute(0x8022, Buffer.from('abc'));
		expect(readFirst(asking(other, other, name))).toEqual({ kind: 'media', fragment: 'x7' });
	});

	test.each([
		['zeros', Buffer.alloc(30)],
		['a request without a user name', asking()],
		['a request of another type', changed(framed(request), 3, 0x03)],
		['another mark than that of STUN', changed(framed(request), 7, 0x13)],
		['lengths that differ', changed(framed(request), 5, 0x04)],
		['less than the head of a message', framed(request, 19)],
		['more than a request needs', framed(request, 601)],
		['an attribute beyond the end', changed(framed(request), 25, 0xff)],
	])('are neither of the pages nor media: %s', (_what, bytes) => {
		expect(readFirst(bytes)).toEqual({ kind: 'neither' });
	});

	test('are judged in the end, whatever they are', () => {
		const random = randomNumbers(7);
		for (let turn = 0; turn < 20_000; turn++) {
			const bytes = Buffer.concat([framed(request), Buffer.alloc(602)]);
			for (let changes = random() * 4; changes > 0; changes--)
				bytes[Math.floor(random() * request.length)] = Math.floor(random() * 256);
			expect(readFirst(bytes).kind).not.toBe('unfinished');
		}
	});
});
