import { createCipheriv } from 'node:crypto';

/** What DTLS exports for SRTP with AEAD_AES_128_GCM (RFC 5764, RFC 7714): the keys of both sides, then their salts. */
export const exportedBytes = 2 * 16 + 2 * 12;

const tagBytes = 16;

/** Key and salt of one protocol in one direction. */
type Keys = { key: Buffer; salt: Buffer };

/** A key or a salt of the session, derived from the master's (RFC 3711, 4.3). */
function derived({ key, salt }: Keys, label: number, length: number): Buffer {
	const counter = Buffer.concat([salt, Buffer.alloc(4)]);
	counter[7] = (counter[7] ?? 0) ^ label;
	return createCipheriv('aes-128-ctr', key, counter).update(Buffer.alloc(length));
}

/** What encrypts the packets that the client of a DTLS session sends. */
export class Srtp {
	readonly #rtp: Keys;
	readonly #rtcp: Keys;
	#reports = 0;

	/** @param exported the keying material of the session. */
	constructor(exported: Buffer) {
		const master = { key: exported.subarray(0, 16), salt: exported.subarray(32, 44) };
		this.#rtp = { key: derived(master, 0, 16), salt: derived(master, 2, 12) };
		this.#rtcp = { key: derived(master, 3, 16), salt: derived(master, 5, 12) };
	}

	/**
	 * A packet of RTP, encrypted.
	 *
	 * @param index the number of the packet in its stream, from 0 on; its lower 16 bits stand in the header.
	 */
	rtp(head: Buffer, payload: Buffer, index: number): Buffer {
		const iv = Buffer.alloc(12);
		head.copy(iv, 2, 8, 12);
		iv.writeUInt32BE(Math.floor(index / 2 ** 16), 6);
		iv.writeUInt16BE(index % 2 ** 16, 10);
		return sealed(this.#rtp, iv, head, head, payload);
	}

	/** A packet of RTCP, encrypted. */
	rtcp(packet: Buffer): Buffer {
		const iv = Buffer.alloc(12);
		packet.copy(iv, 2, 4, 8);
		iv.writeUInt32BE(this.#reports, 8);
		const trailer = Buffer.alloc(4);
		// The first bit says that it is encrypted.
		trailer.writeUInt32BE(2 ** 31 + this.#reports++);
		const [head, rest] = [packet.subarray(0, 8), packet.subarray(8)];
		const packed = sealed(this.#rtcp, iv, Buffer.concat([head, trailer]), head, rest);
		return Buffer.concat([packed, trailer]);
	}
}

/** The head as it is, then the rest, encrypted, and the tag that proves them. @param proved what the tag proves besides. */
function sealed({ key, salt }: Keys, iv: Buffer, proved: Buffer, head: Buffer, rest: Buffer) {
	for (let place = 0; place < iv.length; place++) iv[place] = (iv[place] ?? 0) ^ (salt[place] ?? 0);
	const cipher = createCipheriv('aes-128-gcm', key, iv, { authTagLength: tagBytes });
	cipher.setAAD(proved);
	return Buffer.concat([head, cipher.update(rest), cipher.final(), cipher.getAuthTag()]);
}
