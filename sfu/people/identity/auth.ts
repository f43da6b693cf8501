import type { RoomId } from '#shared/ids.ts';
import type { Chats } from '../../chat/chats.ts';
import { ownBudget, type Budget } from '../../platform/budget.ts';
import type { Config } from '../../platform/config.ts';
import type { Log } from '../../platform/log.ts';
import type { Store } from '../../store/api/store.ts';
import { Accounts } from './accounts.ts';
import { Administrators } from './administrators.ts';
import { AccountRemoval } from './accountRemoval.ts';
import { AccessPolicy } from './accessPolicy.ts';
import type { IdentityProvider } from './identityProvider.ts';
import { Invitations } from './invitations.ts';
import { OwnPages } from '../../platform/origin.ts';
import { SessionCookies } from './sessionCookies.ts';
import { SignUps } from './signUps.ts';
import { SlowHash } from '../../platform/slowHash.ts';
import { AccountStatus } from './accountStatus.ts';
import { SessionRegistry } from './sessionRegistry.ts';

/** Sessions, accounts, suspensions and tokens, wired together. */
export type Auth = {
	/** The secret that signs cookies. */
	secret: string;
	ownPages: OwnPages;
	sessionCookies: SessionCookies;
	/** Budgets of new guests, of one network and of all together. */
	newcomers: { ofNetwork: Budget; altogether: Budget };
	/** The budget of wrong tokens, by network: enough for mistakes, too few for guesses. */
	wrongTokens: Budget;
	sessionRegistry: SessionRegistry;
	accountStatus: AccountStatus;
	accessPolicy: AccessPolicy;
	accounts: Accounts;
	accountRemoval: AccountRemoval;
	signUps: SignUps;
	invitations: Invitations;
	provider: IdentityProvider | null;
};

/** The warnings at the start about names in `accounts.administrators`. */
const administratorWords = {
	bound: 'the account with this name of accounts.administrators is an administrator from now on',
	free: 'no account has this name of accounts.administrators yet: the first account that takes it becomes an administrator',
	gone: 'the account with this name of accounts.administrators was deleted: the name makes no account administrator, and "npm run admin -- remove" frees it',
} as const;

/**
 * @param secret signs cookies.
 * @param isMade whether a person has made this room: it has a host.
 * @param hashes makes the hashes of passwords.
 * @param budget makes what counts new guests, sign-ins and sign-ups.
 * @throws {StartError} where the configuration asks for what cannot be.
 */
export async function createAuth(
	config: Pick<Config, 'http' | 'limits' | 'accounts' | 'oidc' | 'embed'>,
	secret: string,
	store: Store,
	chats: Chats,
	log: Log,
	isMade: (roomId: RoomId) => Promise<boolean>,
	hashes = new SlowHash(),
	budget = ownBudget,
): Promise<Auth> {
	const { administratorIdleHours, idleDays, newGuests, required } = config.accounts;
	const sessionCookies = new SessionCookies(secret, idleDays, config.http.basePath);
	const { access } = chats;
	const administrators = new Administrators(config.accounts.administrators);
	const idle = administratorIdleHours * 60 * 60 * 1000;
	const sessionRegistry = new SessionRegistry(
		sessionCookies,
		store.sessions,
		access,
		administrators,
		idle,
	);
	const accountStatus = new AccountStatus(
		administrators,
		store.accounts,
		access,
		sessionRegistry,
		log,
	);
	for (const { name, state } of await accountStatus.bind()) {
		if (state === 'known') continue;
		log.warn({ name }, administratorWords[state]);
	}
	const accountRemoval = new AccountRemoval(store, chats, sessionRegistry, log);
	const signUps = new SignUps();
	const accounts = new Accounts({
		store,
		access,
		sessionRegistry,
		accountStatus,
		accountRemoval,
		hashes,
		signUps,
		budget,
		log,
	});
	return {
		ownPages: new OwnPages(config.http, log),
		secret,
		sessionCookies,
		sessionRegistry,
		accountStatus,
		accountRemoval,
		accounts,
		signUps,
		newcomers: {
			ofNetwork: budget('new-guests-of-network', { points: newGuests, duration: 600 }),
			altogether: budget('new-guests', { points: config.limits.newGuests, duration: 600 }),
		},
		wrongTokens: budget('wrong-tokens', { points: 20, duration: 60 }),
		accessPolicy: new AccessPolicy(required, isMade),
		invitations: await Invitations.create(config.embed, store.accounts, chats, accounts, log),
		provider: await openProvider(config.oidc, log),
	};
}

/** Null if none is configured: its package is not loaded then. */
async function openProvider(config: Config['oidc'], log: Log): Promise<IdentityProvider | null> {
	if (!config.issuer) return null;
	const { IdentityProvider } = await import('./identityProvider.ts');
	return IdentityProvider.create(config, log);
}
