import * as stun from '../../../sfu/doctor/stun.ts';

/** What the other end must know where it checks the path, too. */
export const ownIce = { usernameFragment: 'bench', password: 'bench'.repeat(5) } as const;

/** The request by which a controlling ICE agent checks and nominates a candidate pair (RFC 8445). */
export const bindingRequest = (remote: { usernameFragment: string; password: string }): Buffer =>
	stun.bindingRequest(remote, ownIce.usernameFragment);

/** The answer to a check of a full ICE agent, which came from this address. */
export function bindingAnswer(
	request: Buffer,
	password: string,
	from: { address: string; port: number },
): Buffer {
	const mapped = Buffer.alloc(8);
	mapped[1] = 0x01;
	mapped.writeUInt16BE(from.port ^ stun.cookie.readUInt16BE(0), 2);
	for (const [index, part] of from.address.split('.').entries())
		mapped[4 + index] = Number(part) ^ (stun.cookie[index] ?? 0);
	const attributes = [stun.attribute(0x0020, mapped)];
	return stun.signed(0x0101, request.subarray(8, 20), attributes, password);
}
