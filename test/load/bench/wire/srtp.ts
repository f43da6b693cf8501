import { createCipheriv } from 'node:crypto';

/** Keys of SRTP with AEAD_AES_128_GCM (RFC 7714), as DTLS exports them (RFC 5764): both keys, then both salts. */
export const exportedBytes = 2 * 16 + 2 * 12;

/** A key of the session, derived from the master key (RFC 3711, 4.3). */
function derived(key: Buffer, salt: Buffer, label: number, length: number): Buffer {
	const counter = Buffer.concat([salt, Buffer.alloc(4)]);
	counter[7] = (counter[7] ?? 0) ^ label;
	return createCipheriv('aes-128-ctr', key, counter).update(Buffer.alloc(length));
}

/** Encrypts the packets of one stream that the client of a DTLS session sends, in order. */
export class SrtpSender {
	readonly #key: Buffer;
	readonly #salt: Buffer;
	#packets = 0;

	/** @param exported the keying material of the session. */
	constructor(exported: Buffer) {
		const [key, salt] = [exported.subarray(0, 16), exported.subarray(32, 44)];
		this.#key = derived(key, salt, 0, 16);
		this.#salt = derived(key, salt, 2, 12);
	}

	/** The next packet of RTP, encrypted. Its sequence number is that of the stream. */
	packet(
		{ ssrc, payloadType, timestamp }: { ssrc: number; payloadType: number; timestamp: number },
		payload: Buffer,
	): Buffer {
		const index = this.#packets++;
		const head = Buffer.alloc(12);
		head[0] = 0x80;
		// Each packet ends a frame.
		head[1] = 0x80 | payloadType;
		head.writeUInt16BE(index & 0xffff, 2);
		head.writeUInt32BE(timestamp >>> 0, 4);
		head.writeUInt32BE(ssrc, 8);
		const iv = Buffer.alloc(12);
		iv.writeUInt32BE(ssrc, 2);
		iv.writeUInt32BE(index >>> 16, 6);
		iv.writeUInt16BE(index & 0xffff, 10);
		for (let place = 0; place < iv.length; place++)
			iv[place] = (iv[place] ?? 0) ^ (this.#salt[place] ?? 0);
		const cipher = createCipheriv('aes-128-gcm', this.#key, iv).setAAD(head);
		return Buffer.concat([head, cipher.update(payload), cipher.final(), cipher.getAuthTag()]);
	}
}
