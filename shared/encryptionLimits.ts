/** Bounds of end-to-end encrypted rooms. Not among the limits, because no other page needs them. */
export const encryptionLimits = {
	/** How often the secret of a room can change. */
	epochs: 1000,
	/** Peers for whom one request brings a new secret: a full room. */
	boxes: 256,
} as const;

/** How long a text of so many UTF-16 units is at most, once it is sealed. */
export const sealedLength = (length: number): number =>
	'e1.1000.'.length + Math.ceil(((3 * length + 12 + 16) * 4) / 3);
