import type { RoomId } from '#shared/ids.ts';
import type { Chats } from '../chat/chats.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { Accounts } from './accounts.ts';
import { Departures } from './departures.ts';
import { Entry } from './entry.ts';
import { IdentityProvider } from './identityProvider.ts';
import { Invitations } from './invitations.ts';
import { loadSecret } from './secret.ts';
import { Sessions } from './session.ts';
import { SlowHash } from './slowHash.ts';
import { Standings } from './standings.ts';
import { Visitors } from './visitors.ts';

/** Everything about who people are, wired together. */
export type Community = {
	/** What the service signs with. */
	secret: string;
	sessions: Sessions;
	visitors: Visitors;
	standings: Standings;
	entry: Entry;
	accounts: Accounts;
	departures: Departures;
	invitations: Invitations;
	provider: IdentityProvider | null;
};

/**
 * @param isMade whether somebody has made this room: it has a host.
 * @throws {StartError} where the configuration asks for what cannot be.
 */
export async function createCommunity(
	config: Pick<Config, 'data' | 'accounts' | 'oidc' | 'embed'>,
	store: Store,
	chats: Chats,
	log: Log,
	isMade: (roomId: RoomId) => Promise<boolean>,
): Promise<Community> {
	const secret = loadSecret(config.data.dir);
	const sessions = new Sessions(secret);
	const { access } = chats;
	const visitors = new Visitors(sessions, store.sessions, access);
	const { administrators, required } = config.accounts;
	const standings = new Standings(administrators, store.accounts, access, visitors);
	for (const name of await standings.unclaimed())
		log.warn(
			{ name },
			'nobody has this name of accounts.administrators yet: whoever signs up under it is an administrator',
		);
	const departures = new Departures(store, chats, visitors, log);
	const hashes = new SlowHash();
	const accounts = new Accounts({
		...{ store, access, visitors, standings, departures, hashes, log },
	});
	return {
		...{ secret, sessions, visitors, standings, departures, accounts },
		entry: new Entry(required, isMade),
		invitations: await Invitations.create(config.embed, store.accounts, chats, accounts),
		provider: IdentityProvider.create(config.oidc, log),
	};
}
