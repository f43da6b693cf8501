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
	/** Edge of a tile or of a captured picture, in device pixels. */
	pixels: 16384,
	/** Videos a client may ask for in the answer to its join. */
	firstVideos: 49,
	/** The text of a message. */
	messageLength: 8000,
	/** How somebody else would have said it: sent along with the message, so it is shorter than one. */
	correctionLength: 2000,
	/** Corrections of one message. */
	correctionsPerMessage: 20,
	/** How often a message can be edited: what it said before is kept each time. */
	editsPerMessage: 50,
	/** Files that go with one message. */
	filesPerMessage: 10,
	/** A file's name, after its folders were cut off. */
	fileNameLength: 200,
	/** What goes with an upload, as the header `Upload-Metadata` has it. */
	uploadMetadataBytes: 4096,
	/** What its sender calls a file. Of a longer name the end counts. */
	claimedNameLength: 1024,
	/** Unfinished uploads: of a person the oldest gives way, of a network and altogether the next is refused. */
	uploads: { person: 20, network: 200, altogether: 5000 },
	/** Uploads begun in a minute. */
	uploadsBegun: { person: 120, network: 600 },
	/** What part of a room's space for files a person may fill, and a network in a day. */
	roomShare: { person: 1 / 2, network: 3 / 4 },
	/** How long an upload without a new byte keeps the space that it was announced with. */
	uploadRest: 10 * 60_000,
	/** A request that brings fewer bytes of a file in a span ends. */
	uploadPace: { bytes: 4096, span: 60_000 },
	/** People named in one message. */
	mentions: 50,
	/** The password of a room, or of a person. */
	passwordLength: 128,
	/** The password of a person, at least. */
	ownPasswordLength: 10,
	/** What a person signs in with. */
	userNameLength: { min: 3, max: 32 },
	/** Colours that stand for people. */
	colours: 12,
	/** People who wait at a room's door. */
	knocks: 100,
	/** Different reactions to one message, and the length of one of them. */
	reactionsPerMessage: 20,
	reactionLength: 32,
	/** Messages in one answer. */
	page: 200,
	/** What is searched for. */
	queryLength: 200,
	/** Reports, people or entries of the log in one answer to an administrator. */
	adminPage: 50,
	/** Days that a room may keep its chat for, where it does not keep it for ever. */
	retentionDays: 3650,
	/** How long somebody counts as typing after they last said so. */
	typing: 6_000,
	/** What somebody would like to talk about with the next partner, and the length of one of these. */
	interests: 10,
	interestLength: 32,
	/** Messages of a match that are remembered while it lasts. */
	matchMessages: 500,
	/** What a report keeps of what was written: the last lines, and at most so many bytes of them. */
	reportedLines: 100,
	reportedBytes: 50 * 1024,
	/** Reports of partners in an hour. */
	reports: { person: 20, network: 200 },
	/** What somebody writes to the administrators about a partner. */
	reportLength: 1000,
	/** A personal access token's name. */
	tokenNameLength: 64,
	/** Personal access tokens of one person. */
	tokensPerPerson: 20,
	/** Days until a personal access token ends: at most, and unless said otherwise. */
	tokenDays: { most: 365, usual: 90 },
	/** Contacts of one person, people they blocked, and people they have met that are listed. */
	contacts: 1000,
	blocks: 1000,
	met: 500,
	/** What is written to a caller who is declined. */
	replyLength: 300,
} as const;
