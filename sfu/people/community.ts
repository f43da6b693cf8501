import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RoomId } from '#shared/ids.ts';
import type { Chats } from '../chat/chats.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { Accounts } from './accounts.ts';
import { Administrators } from './administrators.ts';
import { Departures } from './departures.ts';
import { Entry } from './entry.ts';
import { IdentityProvider } from './identityProvider.ts';
import { Invitations } from './invitations.ts';
import { OwnPages } from './origin.ts';
import { loadSecret } from './secret.ts';
import { Sessions } from './session.ts';
import { SlowHash } from './slowHash.ts';
import { Standings } from './standings.ts';
import { Visitors } from './visitors.ts';

/** Everything about who people are, wired together. */
export type Community = {
	/** What the service signs with. */
	secret: string;
	ownPages: OwnPages;
	sessions: Sessions;
	/** How many new guests come from one network, and from everywhere. */
	newcomers: { ofNetwork: RateLimiterMemory; altogether: RateLimiterMemory };
	visitors: Visitors;
	standings: Standings;
	entry: Entry;
	accounts: Accounts;
	departures: Departures;
	invitations: Invitations;
	provider: IdentityProvider | null;
};

/** What operators are told of the names in `accounts.administrators` at the start. */
const administratorWords = {
	bound: 'the account of this name of accounts.administrators is an administrator from now on',
	free: 'nobody has this name of accounts.administrators yet: the first one who signs up under it is an administrator',
	gone: 'the account of this name of accounts.administrators was deleted: nobody is an administrator by it, and "npm run admin -- remove" makes the name free',
} as const;

/**
 * @param isMade whether somebody has made this room: it has a host.
 * @throws {StartError} where the configuration asks for what cannot be.
 */
export async function createCommunity(
	config: Pick<Config, 'http' | 'limits' | 'data' | 'accounts' | 'oidc' | 'embed'>,
	store: Store,
	chats: Chats,
	log: Log,
	isMade: (roomId: RoomId) => Promise<boolean>,
): Promise<Community> {
	const secret = loadSecret(config.data.dir);
	const { administratorIdleHours, idleDays, newGuests, required } = config.accounts;
	const sessions = new Sessions(secret, idleDays);
	const { access } = chats;
	const administrators = new Administrators(config.accounts.administrators);
	const idle = administratorIdleHours * 60 * 60 * 1000;
	const visitors = new Visitors(sessions, store.sessions, access, administrators, idle);
	const standings = new Standings(administrators, store.accounts, access, visitors, log);
	for (const { name, state } of await standings.bind()) {
		if (state === 'known') continue;
		log.warn({ name }, administratorWords[state]);
	}
	const departures = new Departures(store, chats, visitors, log);
	const hashes = new SlowHash();
	const accounts = new Accounts({
		...{ store, access, visitors, standings, departures, hashes, log },
	});
	return {
		ownPages: new OwnPages(config.http, log),
		...{ secret, sessions, visitors, standings, departures, accounts },
		newcomers: {
			ofNetwork: new RateLimiterMemory({ points: newGuests, duration: 600 }),
			altogether: new RateLimiterMemory({ points: config.limits.newGuests, duration: 600 }),
		},
		entry: new Entry(required, isMade),
		invitations: await Invitations.create(config.embed, store.accounts, chats, accounts),
		provider: IdentityProvider.create(config.oidc, log),
	};
}
