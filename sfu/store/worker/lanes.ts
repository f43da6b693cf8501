import type { WireError } from '#shared/errors.ts';
import type { LocalStore } from './localStore.ts';

export type Part = keyof LocalStore;

/** SQLite has one thread that writes and one that reads, so that a search does not hold up a post. */
export type Lane = 'write' | 'read';

/** Every method and its lane. A read that begins a write uses the same lane. */
export const lanes = {
	people: { seen: 'write', forget: 'write', forgetDevices: 'write' },
	accounts: {
		profile: 'read',
		setProfile: 'write',
		signUp: 'write',
		credentials: 'read',
		passwordHash: 'read',
		setPassword: 'write',
		identify: 'write',
		hasIdentity: 'read',
		bindAdministrator: 'write',
		useToken: 'write',
		suspend: 'write',
		ownedCounts: 'read',
		merge: 'write',
		remove: 'write',
		about: 'read',
		writtenBy: 'read',
	},
	sessions: { find: 'read', begin: 'write', list: 'read', end: 'write' },
	rooms: {
		enter: 'write',
		invite: 'write',
		openCall: 'write',
		member: 'read',
		members: 'read',
		name: 'read',
		setName: 'write',
		setLabel: 'write',
		setListed: 'write',
		retention: 'read',
		setRetention: 'write',
		roomsOf: 'read',
		rules: 'read',
		setPolicy: 'write',
		encrypt: 'write',
		rekey: 'write',
		olderSecrets: 'read',
		setRole: 'write',
	},
	chats: {
		post: 'write',
		edit: 'write',
		delete: 'write',
		react: 'write',
		correct: 'write',
		page: 'read',
		changes: 'read',
		pace: 'read',
		search: 'read',
		summaries: 'read',
		summary: 'read',
		read: 'write',
		sweep: 'write',
		sweepEmpty: 'write',
		sweepable: 'read',
		exportAfter: 'read',
	},
	files: {
		add: 'write',
		readable: 'read',
		sizeOf: 'read',
		sizeOfAll: 'read',
		abandon: 'write',
		pendingDeletion: 'read',
		forget: 'write',
	},
	calls: {
		begin: 'write',
		joined: 'write',
		left: 'write',
		end: 'write',
		alive: 'write',
		recover: 'write',
		forget: 'write',
		present: 'read',
		history: 'read',
		past: 'read',
	},
	tokens: { add: 'write', list: 'read', use: 'write', revoke: 'write' },
	contacts: {
		add: 'write',
		remove: 'write',
		list: 'read',
		has: 'read',
		code: 'write',
		ownerOf: 'read',
		peopleMet: 'read',
		haveMet: 'read',
		nameOf: 'read',
		chosen: 'read',
		choose: 'write',
	},
	blocks: { add: 'write', remove: 'write', list: 'read', of: 'read', between: 'read' },
	directs: { open: 'write', list: 'read' },
	moderation: {
		agreed: 'read',
		agree: 'write',
		report: 'write',
		reports: 'read',
		chatOf: 'read',
		decide: 'write',
		openRoom: 'write',
		people: 'read',
		log: 'read',
		warnings: 'read',
		seen: 'write',
	},
	secrets: { take: 'write' },
	pushes: { keep: 'write', drop: 'write', gone: 'write', of: 'read' },
	rings: { begin: 'write', answered: 'write', end: 'write', recover: 'write', history: 'read' },
	database: { ping: 'write' },
} as const satisfies { [P in Part]: { [M in keyof LocalStore[P]]: Lane } };

export type Settings = { dir: string; databaseUrl: string; lane: Lane };

/** To a thread: a request, or null to close. */
export type ToThread = { id: number; part: Part; method: string; args: unknown[] } | null;

/** The part of a rejection that crosses to the other thread. Classes cannot cross. */
export type Failure =
	| { kind: 'coded'; error: WireError }
	| { kind: 'other'; message: string; code: string; stack: string };

export type FromThread =
	| { kind: 'ready' }
	/** The thread could not start; `forOperators` is a StartError's message. */
	| { kind: 'unable'; forOperators: string | null; failure: Failure }
	| { kind: 'answer'; id: number; value: unknown }
	| { kind: 'failure'; id: number; failure: Failure }
	| { kind: 'warning'; text: string; failure: Failure };
