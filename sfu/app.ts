import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { CallLog } from './calls/callLog.ts';
import { Calls } from './calls/calls.ts';
import { Chats } from './chat/chats.ts';
import { RetentionKeeper } from './chat/retentionKeeper.ts';
import type { Config } from './config.ts';
import { Files } from './files/files.ts';
import { configuredCertificate, lanCertificate } from './http/certificate.ts';
import { createBoundedServer } from './http/connections.ts';
import { LongPolls } from './http/longPolls.ts';
import { metricsServer } from './http/metricsRoute.ts';
import { createHttp } from './http/server.ts';
import { cutConnections, listen } from './listen.ts';
import type { Log } from './log.ts';
import { lanAddresses, mediaAddresses } from './media/addresses.ts';
import { IceServers } from './media/iceServers.ts';
import { WorkerPool } from './media/workers.ts';
import { Metrics, type Census } from './metrics.ts';
import { Acquaintances } from './people/acquaintances.ts';
import { Arrivals } from './people/arrivals.ts';
import { createCommunity } from './people/community.ts';
import { Forgetter } from './people/forgetter.ts';
import { Presence } from './people/presence.ts';
import { Matches } from './matching/matches.ts';
import { Moderation } from './matching/moderation.ts';
import { TextClients } from './matching/textClients.ts';
import type { Standings } from './people/standings.ts';
import { CallRecords } from './rooms/callRecords.ts';
import { Passwords } from './rooms/passwords.ts';
import { Binder } from './signalling/bind.ts';
import { ChatAudience } from './signalling/chatAudience.ts';
import { Gateway } from './signalling/gateway.ts';
import { LiveRooms } from './signalling/liveRooms.ts';
import { Meetings } from './signalling/meetings.ts';
import { PeopleAudience } from './signalling/peopleAudience.ts';
import { openOwnedStore } from './store/ownership.ts';
import type { Store } from './store/store.ts';

export type App = {
	/** Starts to listen. Resolves with the port. */
	listen(): Promise<number>;
	/**
	 * Takes no new calls: `/readyz` says so. What runs goes on. Resolves when no call runs any more, or the time for that is up
	 * (`drain.seconds`).
	 */
	drain(): Promise<void>;
	/** What is live, in numbers. */
	census(): Census;
	/** Ends everything. */
	close(): Promise<void>;
	readonly scheme: 'http' | 'https';
	/** Where media is received and what browsers are told about it. */
	readonly media: { first: number; last: number; announced: string[]; configured: boolean };
	/** Process ids of the media workers that are alive. */
	workerPids(): number[];
	/** The live rooms, for those who look after the service. */
	readonly rooms: LiveRooms;
	/** Who looks after the service, and who is kept out of it. */
	readonly standings: Standings;
	/** Those who meet strangers. */
	readonly meetings: Meetings;
	/** What is kept, and what people write. */
	readonly store: Store;
	readonly chats: Chats;
	/** HTTP requests that wait for messages. */
	readonly polls: LongPolls;
};

/** How long what waits to be written down may take when the service ends, in ms. */
const backlogTime = 10_000;
/** How often it is looked whether calls go on while the service drains, in ms. */
const drainStep = 100;

/** How long pages may take to find the service after a restart and to enter anew, in ms. */
const returning = 60_000;

/**
 * Wires the parts of the service. Nothing is listened to by browsers before `listen`, but the media
 * workers run.
 *
 * @param options.lan whether to serve HTTPS with a certificate of its own for the local network.
 * @throws {StartError}
 */
export async function createApp(config: Config, log: Log, options: { lan: boolean }): Promise<App> {
	const certificate = options.lan
		? await lanCertificate(config.data.dir, lanAddresses())
		: configuredCertificate(config.http);
	const store = await openOwnedStore(config.data, log, (error) => {
		// Another process uses the data now: ends as after any failure that nobody foresaw.
		setImmediate(() => {
			throw error;
		});
	});
	const chats = new Chats(store, log);
	const { access } = chats;
	const files = await Files.open(config.data.dir, config.files, {
		store: store.files,
		access,
		log,
	});
	// What was deleted, or grew too old, may have had files.
	chats.on('changed', (_key, { content }) => content.kind === 'deleted' && files.janitor.hurry());
	chats.on('cleared', () => files.janitor.hurry());
	const community = await createCommunity(config, store, chats, log, async (roomId) => {
		if ((await rooms.find(roomId))?.rules.hasHost) return true;
		const { kind, hosts } = await access.rules(roomId);
		// A call or a chat of two is no room that somebody made.
		return kind !== 'open' || hosts.length > 0;
	});
	const { standings, entry } = community;
	const polls = new LongPolls(chats);
	const census = (): Census => ({
		rooms: rooms.all.size,
		peers: [...rooms.all].reduce((sum, { room }) => sum + room.joined.length, 0),
		sockets: gateway.sockets,
		workers: pool.alive,
		waiting: matches.maker.waiting,
		matches: matches.maker.matches,
		ringing: calls.ringing,
	});
	const metrics = new Metrics(census);
	const presence = new Presence();
	const acquaintances = new Acquaintances(store, presence, access);
	const matches: Matches = new Matches({
		...{ store, chats, acquaintances },
		suspendedUntil: async (id) => (await standings.suspensionOf(id))?.until ?? null,
		...{ waited: metrics.waited, reported: metrics.reported },
		meets: (...who) => presence.meet(...who),
	});
	acquaintances.on('blocked', ({ owner, blocked }) => matches.blocked(owner, blocked));
	const textClients = new TextClients(matches);
	const moderation = new Moderation({
		...{ store, access },
		announce: (...suspension) => standings.announce(...suspension),
	});
	community.visitors.on('excluded', (...who) => polls.exclude(...who));
	community.visitors.on('changed', (person) => polls.hurry(person));
	community.visitors.on('excluded', (person) => matches.maker.expelPerson(person, 'suspended'));
	community.departures.on('gone', (person, account) => {
		textClients.end(person);
		// What cannot be read now is read when they next wait.
		if (account) matches.became(person, account).catch(() => undefined);
	});
	let draining = false;
	const unready = () => {
		if (draining) return 'The service is shutting down.';
		return pool.alive === 0 ? 'No media worker is alive.' : null;
	};
	const handler = createHttp({
		config,
		metricsToken: config.metrics.token,
		frameAncestors: config.embed.frameAncestors,
		community,
		metrics,
		log,
		store,
		chats,
		polls,
		matches,
		textClients,
		moderation,
		live: () => ({
			rooms: [...rooms.all].map(({ room }) => ({ roomId: room.id, peers: room.joined.length })),
			waiting: matches.maker.waiting,
			matches: matches.maker.matches,
		}),
		founded: async (roomId) => (await rooms.find(roomId))?.hosting.founded(),
		files,
		unready,
		trusted: certificate !== null && !options.lan,
	});
	const server = createBoundedServer(handler, { certificate, config, log });
	const figures = config.metrics.port ? metricsServer(metrics, config.metrics.token, log) : null;

	const addresses = await mediaAddresses(config.media);
	const workers = config.media.workers || availableParallelism();
	const pool = await WorkerPool.create({ ...config.media, workers }, addresses, log);
	const records: CallRecords = new CallRecords(store.calls, chats, log, (roomId) =>
		retention.emptied(roomId),
	);
	const retention: RetentionKeeper = new RetentionKeeper(
		chats,
		store.chats,
		log,
		(id) => records.isRunning(id),
		config.rooms.graceSeconds * 1000 + returning,
	);
	community.departures.on('departed', (others) => acquaintances.renew(others));
	const callLog = new CallLog(store.rings, chats, acquaintances, log);
	const calls: Calls = new Calls({
		...{ store, acquaintances, presence, log: callLog },
		rooms: { look: (...who) => rooms.look(...who) },
		ringTime: config.calls.ringSeconds * 1000,
	});
	const settings = {
		maxPeers: config.rooms.maxPeers,
		lobbyPeers: config.media.lobbyPeers,
		audible: config.rooms.audibleSpeakers,
		grace: config.rooms.graceSeconds * 1000,
		records,
		chats,
		passwords: new Passwords(),
		calls,
		presence,
	};
	const rooms: LiveRooms = new LiveRooms(settings, config.limits, pool, log);
	community.departures.on('banned', (...who) => {
		rooms
			.expel(...who)
			.catch((error: unknown) => log.error({ err: error }, 'a removal was not carried out'));
	});
	const audience = new ChatAudience(
		chats,
		(...fact) => gateway.broadcast(...fact),
		(...channels) => gateway.dismiss(...channels),
	);
	const meetings = new Meetings(matches, pool, log);
	const people = {
		...{ presence, acquaintances, calls, callLog },
		audience: new PeopleAudience(acquaintances, presence, calls, {
			broadcast: (...fact) => gateway.broadcast(...fact),
			enlist: (...channels) => gateway.enlist(...channels),
			dismiss: (...channels) => gateway.dismiss(...channels),
		}),
	};
	const context = {
		rooms,
		iceServers: new IceServers(config.media),
		chats,
		audience,
		people,
		meetings,
		entry,
	};
	const binder = new Binder(context, metrics, log);
	const arrivals = new Arrivals(store.people, log);
	const forgetter = new Forgetter(store, log, config.calls.recordDays, (gone) =>
		access.forget(...gone),
	);
	const gateway = new Gateway(server, config, community, binder, log, (...who) =>
		arrivals.note(...who),
	);
	const drain = async () => {
		draining = true;
		for (const part of [rooms, matches, calls]) part.drain();
		const until = Date.now() + config.drain.seconds * 1000;
		const isBusy = () => rooms.talking > 0 || matches.maker.matches > 0;
		const isOver = () => closing !== null || Date.now() >= until;
		while (isBusy() && !isOver()) await setTimeout(drainStep);
	};
	let closing: Promise<void> | null = null;

	return {
		scheme: certificate ? 'https' : 'http',
		media: { ...pool.ports, announced: addresses.announced, configured: addresses.configured },
		standings,
		rooms,
		meetings,
		store,
		chats,
		polls,
		workerPids: () => pool.pids,
		listen: async () => {
			if (figures) await listen(figures, config.metrics, 'metrics');
			return listen(server, config.http, 'http');
		},
		drain,
		census,
		close: () => {
			closing ??= (async () => {
				draining = true;
				pool.expectEnd();
				// Also after a failure: what one part cannot end must not keep the rooms from being told.
				for (const part of [calls, rooms, meetings, textClients, matches, polls]) {
					try {
						part.close();
					} catch (error) {
						log.error({ err: error }, 'a part of the service could not be closed');
					}
				}
				figures?.close();
				figures?.closeAllConnections();
				await cutConnections(server, gateway.close());
				pool.close();
				presence.close();
				acquaintances.close();
				const deadline = AbortSignal.timeout(backlogTime);
				await callLog.close(deadline);
				await records.close(deadline);
				await retention.close();
				await forgetter.close();
				await files.close();
				chats.close();
				await store.close();
			})();
			return closing;
		},
	};
}
