import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The mark of every message of STUN. */
export const cookie = Buffer.from([0x21, 0x12, 0xa4, 0x42]);

/** An attribute of STUN (RFC 8489), filled up to words of four bytes. */
export function attribute(type: number, value: Buffer): Buffer {
	const head = Buffer.alloc(4);
	head.writeUInt16BE(type, 0);
	head.writeUInt16BE(value.length, 2);
	return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/** The request by which a controlling ICE agent checks and nominates a candidate pair (RFC 8445). */
export function bindingRequest(remote: { usernameFragment: string; password: string }): Buffer {
	const attributes = [
		attribute(0x0006, Buffer.from(`${remote.usernameFragment}:bench`)),
		attribute(0x0024, Buffer.from([0x6e, 0x00, 0x1e, 0xff])),
		attribute(0x802a, randomBytes(8)),
		attribute(0x0025, Buffer.alloc(0)),
	];
	const transaction = randomBytes(12);
	/** The message so far; its length counts what is still to come. */
	const message = (more: number) => {
		const body = Buffer.concat(attributes);
		const head = Buffer.alloc(4);
		head.writeUInt16BE(0x0001, 0);
		head.writeUInt16BE(body.length + more, 2);
		return Buffer.concat([head, cookie, transaction, body]);
	};
	const integrity = createHmac('sha1', remote.password).update(message(24)).digest();
	attributes.push(attribute(0x0008, integrity));
	const fingerprint = Buffer.alloc(4);
	fingerprint.writeUInt32BE((crc32(message(8)) ^ 0x5354554e) >>> 0);
	attributes.push(attribute(0x8028, fingerprint));
	return message(0);
}
