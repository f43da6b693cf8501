/** Bounds of the socket border that no client needs to know. Times are in ms. */
export const bounds = {
	/** Lists and objects within each other in one request. RTP descriptions have about six. */
	depth: 24,
	/** Requests of one socket that may wait for their turn, and their size together in bytes. */
	requestsWaiting: 200,
	requestBytesWaiting: 1024 * 1024,
	/** How much one socket may send within `inTime` before it is closed: packets of Engine.IO, and bytes. */
	inPackets: 5_000,
	inBytes: 16 * 1024 * 1024,
	inTime: 5_000,
	/** What may wait to be read by one socket before it is closed, in bytes, and for how long none of it may be read. */
	unreadBytes: 4 * 1024 * 1024,
	unreadTime: 20_000,
	/** What may wait for all sockets together. The nearer it comes, the less may wait for one of them, down to the least. */
	unreadAltogether: 512 * 1024 * 1024,
	unreadLeast: 64 * 1024,
	/** How long the last answers of long polling may take to be read after the connection was closed. */
	partingTime: 5_000,
	/** What a packet that waits takes besides its content, in bytes. */
	packetOverhead: 256,
	/** How long a connection may take to authenticate. */
	connectTime: 8_000,
	/** How often it is checked whether sockets may stay connected. */
	recheckInterval: 60_000,
	/** Sockets that one person may hold open: many tabs, not a flood. */
	socketsPerPerson: 32,
	/** Rooms that may be live because one person entered them first. */
	roomsPerPerson: 32,
} as const;
