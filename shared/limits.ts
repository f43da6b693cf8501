/**
 * Bounds that both sides know: the client so that it never runs into them, the server so that it
 * enforces them. Sizes are in bytes, lengths in UTF-16 units, times in milliseconds.
 */
export const limits = {
	/** A display name, after trimming. */
	nameLength: 64,
	/** A room id, as it stands in the link. */
	roomIdLength: { min: 3, max: 64 },
	/** One request as JSON. RTP capabilities of a browser take about 8 kB. */
	requestBytes: 64 * 1024,
	/** What the socket takes at all before the connection is closed unanswered. */
	socketBytes: 1024 * 1024,
	/** Wants in one `media:want`: audio and video of a full room, and shares. */
	wants: 256,
	/** Consumers in one `media:resume`. */
	consumers: 256,
	/** Producers of one peer at a time: microphone, camera, and two shares with sound. */
	producersPerPeer: 6,
	/** Edge of a tile or of a captured picture, in device pixels. */
	pixels: 16384,
	/** Videos a client may ask for in the answer to its join. */
	firstVideos: 49,
} as const;
