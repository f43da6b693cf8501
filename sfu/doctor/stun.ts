import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The mark of every message of STUN. */
export const cookie = Buffer.from([0x21, 0x12, 0xa4, 0x42]);
/** Bytes before the attributes of a message. */
export const headBytes = 20;

/** An attribute of STUN (RFC 8489), filled up to words of four bytes. */
export function attribute(type: number, value: Buffer): Buffer {
	const head = Buffer.alloc(4);
	head.writeUInt16BE(type, 0);
	head.writeUInt16BE(value.length, 2);
	return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/**
 * The request by which a controlling ICE agent checks and nominates a candidate pair (RFC 8445).
 *
 * @param own the username fragment of the agent that asks.
 */
export function bindingRequest(
	remote: { usernameFragment: string; password: string },
	own: string,
): Buffer {
	const attributes = [
		attribute(0x0006, Buffer.from(`${remote.usernameFragment}:${own}`)),
		attribute(0x0024, Buffer.from([0x6e, 0x00, 0x1e, 0xff])),
		// The tie-breaker: where both ends control, this one goes on.
		attribute(0x802a, Buffer.alloc(8, 0xff)),
		attribute(0x0025, Buffer.alloc(0)),
	];
	return signed(0x0001, randomBytes(12), attributes, remote.password);
}

/** Whether a message is the good answer to this binding request. */
export const isAnswerTo = (request: Buffer, message: Buffer): boolean =>
	message.length >= headBytes &&
	message.readUInt16BE(0) === 0x0101 &&
	message.subarray(8, headBytes).equals(request.subarray(8, headBytes));

/** A message of this type, with what proves its sender and its wholeness. */
export function signed(
	type: number,
	transaction: Buffer,
	attributes: readonly Buffer[],
	password: string,
): Buffer {
	const parts = [...attributes];
	/** The message so far; its length counts what is still to come. */
	const message = (more: number) => {
		const body = Buffer.concat(parts);
		const head = Buffer.alloc(4);
		head.writeUInt16BE(type, 0);
		head.writeUInt16BE(body.length + more, 2);
		return Buffer.concat([head, cookie, transaction, body]);
	};
	const integrity = createHmac('sha1', password).update(message(24)).digest();
	parts.push(attribute(0x0008, integrity));
	const fingerprint = Buffer.alloc(4);
	fingerprint.writeUInt32BE((crc32(message(8)) ^ 0x5354554e) >>> 0);
	parts.push(attribute(0x8028, fingerprint));
	return message(0);
}
