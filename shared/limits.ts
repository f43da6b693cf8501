/**
 * Bounds that both sides know: the client, so that it never reaches them, and the server, which enforces them. Sizes
 * are in bytes, lengths in UTF-16 units, times in milliseconds.
 */
export const limits = {
	/** A display name, after trimming. */
	nameLength: 64,
	/** A room's name, and the label that a host gives a member, after trimming. */
	roomNameLength: 60,
	labelLength: 24,
	/** Past calls in one answer. */
	pastCalls: 20,
	/** One request as JSON. RTP capabilities of a browser take about 8 kB. */
	requestBytes: 64 * 1024,
	/** The largest packet. A larger one closes the connection without an answer. */
	socketBytes: 1024 * 1024,
	/** Subscriptions in one `media:want`: audio and video of a full room, and shares. */
	wants: 256,
	/** Consumers in one `media:resume`. */
	consumers: 256,
	/** Edge of a tile or of a captured picture, in device pixels. */
	pixels: 16384,
	/** What a client may report in `media:quality`. */
	roundTrip: 60_000,
	freezes: 1000,
	firstPicture: 600_000,
	/** Videos that a client may request in the answer to its join. */
	firstVideos: 49,
	/** The text of a message. */
	messageLength: 8000,
	/** A proposed correction. It is sent along with the message, so it is shorter than one. */
	correctionLength: 2000,
	/** Corrections of one message. */
	correctionsPerMessage: 20,
	/** How often a message can be edited: each earlier text is kept. */
	editsPerMessage: 50,
	/** Files that go with one message. */
	filesPerMessage: 10,
	/** A file's name, after its folders were cut off. */
	fileNameLength: 200,
	/** The header `Upload-Metadata`. */
	uploadMetadataBytes: 4096,
	/** The sender's name for a file. Of a longer name the end counts. */
	claimedNameLength: 1024,
	/**
	 * Unfinished uploads. Of one person a new one replaces the oldest; of a network and altogether the next one is
	 * refused.
	 */
	uploads: { person: 20, network: 200, altogether: 5000 },
	/** Uploads begun in a minute. */
	uploadsBegun: { person: 120, network: 600 },
	/** The share of a room's space for files that a person may fill, and a network in a day. */
	roomShare: { person: 1 / 2, network: 3 / 4 },
	/** How long an upload without a new byte keeps its reserved space. */
	uploadRest: 10 * 60_000,
	/** A request that brings fewer bytes of a file within the span is ended. */
	uploadPace: { bytes: 4096, span: 60_000 },
	/** People mentioned in one message. */
	mentions: 50,
	/** The password of a room, or of a person. */
	passwordLength: 128,
	/** The shortest password of a person. */
	ownPasswordLength: 10,
	/** A user name. */
	userNameLength: { min: 3, max: 32 },
	/** Colours that stand for people. */
	colours: 12,
	/** People who wait for a host of a room. */
	knocks: 100,
	/** Different reactions to one message, and the length of one of them. */
	reactionsPerMessage: 20,
	reactionLength: 32,
	/** Messages in one answer. */
	page: 200,
	/** The text of a search. */
	queryLength: 200,
	/** Reports, people or log entries in one answer to an administrator. */
	adminPage: 50,
	/** The least time between two messages of a person in slow mode, in seconds; 0 turns it off. */
	slowModes: [0, 10, 30, 60, 300],
	/** Days that a room may keep its chat, if it does not keep it for ever. */
	retentionDays: 3650,
	/** How long a person counts as typing after their last `chat:typing`. */
	typing: 6_000,
	/** A person's interests in matching, and the length of one of them. */
	interests: 10,
	interestLength: 32,
	/** Messages of a match that are remembered while it runs. */
	matchMessages: 500,
	/** The last messages that a report keeps, and the most bytes of them. */
	reportedLines: 100,
	reportedBytes: 50 * 1024,
	/** Reports in an hour. */
	reports: { person: 20, network: 200 },
	/** The reporter's words in a report. */
	reportLength: 1000,
	/** A personal access token's name. */
	tokenNameLength: 64,
	/** Personal access tokens of one person. */
	tokensPerPerson: 20,
	/** Days until a personal access token ends: at most, and by default. */
	tokenDays: { most: 365, usual: 90 },
	/** Contacts of one person, people they blocked, and people they have met who are listed. */
	contacts: 1000,
	blocks: 1000,
	peopleMet: 500,
	/** The message to a caller when declining. */
	replyLength: 300,
} as const;
