import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { RoomId, SessionId } from '#shared/ids.ts';
import { CallLog } from './calls/callLog.ts';
import { Calls } from './calls/calls.ts';
import { RingRegistry } from './calls/ringRegistry.ts';
import { Chats } from './chat/chats.ts';
import { RetentionKeeper } from './chat/retentionKeeper.ts';
import { alone, type Nodes } from './cluster/nodes.ts';
import { checkNodeSettings, ServiceNode } from './cluster/serviceNode.ts';
import { bothOrNone } from './platform/bothOrNone.ts';
import type { Config } from './platform/config.ts';
import { Doctor } from './doctor/doctor.ts';
import { tryFreePorts, tryMediaPaths } from './doctor/mediaPaths.ts';
import { Files } from './files/files.ts';
import { certificateFor } from './http/acme/certificateFor.ts';
import { createBoundedServer } from './http/connections.ts';
import { LongPolls } from './http/chat/longPolls.ts';
import { metricsServer } from './http/metricsRoute.ts';
import { sumOf, type LiveFigures, type NodeSamples } from './http/admin/adminRoutes.ts';
import { createHttp } from './http/server.ts';
import { NetworkPace } from './platform/networkPace.ts';
import { cutConnections, listen } from './platform/listen.ts';
import type { Log } from './platform/log.ts';
import { IceServers } from './media/worker/iceServers.ts';
import { MediaAddresses } from './media/worker/mediaAddresses.ts';
import { WorkerPool } from './media/worker/workers.ts';
import { Metrics, type Census } from './platform/metrics.ts';
import { servedBuild } from './platform/build.ts';
import { keepSecret, loadSecret } from './platform/secret.ts';
import { Acquaintances } from './people/social/acquaintances.ts';
import { LastSeen } from './people/identity/lastSeen.ts';
import { createAuth } from './people/identity/auth.ts';
import { SlowHash, type HashCost } from './platform/slowHash.ts';
import { startTracing } from './platform/startTracing.ts';
import type { Tracing } from './platform/tracing.ts';
import { Forgetter } from './people/identity/forgetter.ts';
import { Presence } from './people/presence/presence.ts';
import { openPushes } from './push/openPushes.ts';
import { Matches } from './matching/matches.ts';
import { Moderation } from './moderation/moderation.ts';
import { TextClients } from './matching/textClients.ts';
import type { AccountStatus } from './people/identity/accountStatus.ts';
import { CallRecords } from './rooms/callRecords.ts';
import { Passwords } from './rooms/passwords.ts';
import { LiveRooms } from './signalling/room/liveRooms.ts';
import { ChatAudience } from './signalling/audience/chatAudience.ts';
import { PeopleAudience } from './signalling/audience/peopleAudience.ts';
import { channelOf, Channels } from './signalling/client/channels.ts';
import { Dispatcher } from './signalling/dispatcher.ts';
import { Gateway } from './signalling/gateway.ts';
import { MatchPeers } from './signalling/match/matchPeers.ts';
import { openOwnedStore } from './store/worker/ownership.ts';
import type { Store } from './store/api/store.ts';

export type App = {
	/** Starts to listen. Resolves with the port. */
	listen(): Promise<number>;
	/**
	 * Stops taking new calls and makes `/readyz` say so. Running calls go on. Resolves when no call runs any more, or
	 * after `drain.seconds`.
	 */
	drain(): Promise<void>;
	/** Counts of the live parts. */
	census(): Census;
	/** Closes all parts of the service. */
	close(): Promise<void>;
	readonly scheme: 'http' | 'https';
	/** Where media is received, and the addresses that browsers are told. */
	readonly media: {
		first: number;
		last: number;
		/** The port of the pages, where it takes media, too; else 0. */
		pagesPort: number;
		announced: readonly string[];
		configured: boolean;
	};
	/** How many nodes of the service are ready, this one among them. */
	readonly knownNodes: number;
	/** Process ids of the media workers that are alive. */
	workerPids(): number[];
	readonly rooms: LiveRooms;
	/** Administrators and suspensions. */
	readonly accountStatus: AccountStatus;
	/** The clients that meet strangers. */
	readonly matchPeers: MatchPeers;
	readonly store: Store;
	readonly chats: Chats;
	/** HTTP requests that wait for messages. */
	readonly polls: LongPolls;
};

/** How long the backlogs may take to write their entries when the service closes, in ms. */
const backlogTime = 10_000;
/** How often a draining service checks whether calls still run, in ms. */
const drainInterval = 100;

/** How long pages may take to reconnect and enter again after a restart, in ms. */
const returnTime = 60_000;

/**
 * Wires the parts of the service. Browsers cannot connect before `listen`, but the media workers run.
 *
 * @param options.lan whether to serve HTTPS with a certificate of its own for the local network.
 * @param options.hashCost of each hash of a password. Only tests make it lower.
 * @throws {StartError}
 */
export async function createApp(
	config: Config,
	log: Log,
	options: { lan: boolean; hashCost?: HashCost },
): Promise<App> {
	const isNode = config.redis.url !== '';
	if (isNode) checkNodeSettings(config);
	const { renewing, certificate } = await certificateFor(config, options.lan, log);
	const addresses = await MediaAddresses.decide(config.media);
	const metrics = new Metrics();
	const tracing = await startTracing(config.tracing, log);
	const stored: Tracing['stored'] = (...question) => {
		metrics.stored(...question);
		tracing.stored(...question);
	};
	const joinStep: Tracing['joinStep'] = (...step) => {
		metrics.joinStep(...step);
		tracing.joinStep(...step);
	};
	const taken = (error: Error) => {
		// Another process uses the data now. The service ends as after any uncaught failure.
		setImmediate(() => {
			throw error;
		});
	};
	const workers = config.media.workers || availableParallelism();
	const [store, pool] = await bothOrNone(
		openOwnedStore(config.data, log, { isNode, lost: taken, stored }),
		WorkerPool.create({ ...config.media, workers }, addresses, metrics, log),
	);
	const ownSecret = loadSecret(config.data.dir);
	const secret = isNode ? await store.secrets.take('session', ownSecret) : ownSecret;
	if (secret !== ownSecret) keepSecret(config.data.dir, secret);
	addresses.watch(log);
	const node: Nodes = isNode
		? await ServiceNode.enter(config, secret, servedBuild(), pool, addresses, log)
		: alone;
	const isOurs = () => node.tryClaim('chores');

	const chats = new Chats(store, log, isNode);
	const { access } = chats;
	const files = await Files.open(
		{ ...config.files, dir: config.files.dir || config.data.dir },
		{ store: store.files, access, log, isOurs },
	);
	// A deleted or expired message may have had files.
	chats.on('changed', (_key, { content }) => content.kind === 'deleted' && files.janitor.hurry());
	chats.on('cleared', () => files.janitor.hurry());

	const records = new CallRecords(store.calls, chats, node, log);
	const retention = new RetentionKeeper(
		chats,
		store.chats,
		log,
		(roomId) => records.isRunning(roomId) || node.isLiveElsewhere(roomId),
		config.rooms.graceSeconds * 1000 + returnTime,
		isOurs,
	);
	records.on('emptied', (roomId) =>
		records.backlog.add({ lane: roomId, person: null }, () => retention.emptied(roomId)),
	);
	const presence = new Presence();
	const rings = new RingRegistry();
	const settings = {
		maxPeers: config.rooms.maxPeers,
		lobbyPeers: config.media.lobbyPeers,
		audible: config.rooms.audibleSpeakers,
		grace: config.rooms.graceSeconds * 1000,
		records,
		chats,
		passwords: new Passwords(options.hashCost, node.budget),
		rings,
		presence,
		metrics: {
			joinStep,
			lost: metrics.lost,
			recovered: metrics.recovered,
			quality: metrics.quality,
		},
		reportQuality: config.metrics.clientReports,
	};
	const rooms = new LiveRooms(settings, config.limits, pool, log, node.owners);

	const hashes = new SlowHash(options.hashCost);
	const hasHost = async (roomId: RoomId) => {
		if ((await rooms.find(roomId))?.rules.hasHost) return true;
		const { kind, hosts } = await access.rules(roomId);
		// The room of a call or of a chat of two was made by no person.
		return kind !== 'open' || hosts.length > 0;
	};
	const auth = await createAuth(config, secret, store, chats, log, hasHost, hashes, node.budget);
	const { accountStatus, accountRemoval, sessionRegistry } = auth;
	accountRemoval.on('banned', (...who) => {
		rooms
			.removeBanned(...who)
			.catch((error: unknown) => log.error({ err: error }, 'a removal from a room failed'));
	});
	const lastSeen = new LastSeen(store.people, log);
	const forgetter = new Forgetter(
		store,
		log,
		config.calls.recordDays,
		(gone) => access.forget(...gone),
		isOurs,
	);
	const moderation = new Moderation({
		store,
		access,
		chats,
		announce: (...suspension) => accountStatus.announce(...suspension),
		note: (...line) => records.note(...line),
	});
	const polls = new LongPolls(chats);
	sessionRegistry.on('excluded', (...who) => polls.exclude(...who));
	sessionRegistry.on('changed', (person) => polls.answerNow(person));
	const acquaintances = new Acquaintances(store, presence, access);
	accountRemoval.on('departed', (others) => acquaintances.renew(others));

	const matches = new Matches({
		store,
		chats,
		acquaintances,
		suspendedUntil: async (id) => (await accountStatus.suspensionOf(id))?.until ?? null,
		waited: metrics.waited,
		reported: metrics.reported,
		meets: (...who) => presence.meet(...who),
		claim: () => node.claimStrangers(),
	});
	const textClients = new TextClients(matches);
	acquaintances.on('blocked', ({ owner, blocked }) => matches.blocked(owner, blocked));
	sessionRegistry.on('excluded', (person) => matches.maker.removePerson(person, 'suspended'));
	accountRemoval.on('gone', (person, account) => {
		textClients.end(person);
		// If the blocks cannot be read now, they are read when the person next waits.
		if (account) matches.became(person, account).catch(() => undefined);
	});

	const callLog = new CallLog(store.rings, chats, acquaintances, log, !node.hasOthers);
	const ringTime = config.calls.ringSeconds * 1000;
	const calls = new Calls({
		store,
		acquaintances,
		presence,
		log: callLog,
		rings,
		rooms: node.callRooms(rooms),
		ringTime,
		budget: node.budget,
		isOurs: () => node.has('rings'),
	});
	rooms.on('joined', (...who) => calls.joined(...who));
	rooms.on('left', (...who) => calls.left(...who));
	const callRequests = node.calls(calls, rings);

	const pushes = await openPushes(config, {
		...{ store, chats, calls, presence, log },
		hasRings: () => node.has('rings'),
	});

	let isDraining = false;
	const channels = new Channels();
	const mediaPaths = async () => [
		...(await tryMediaPaths(pool)),
		...(await node.examineLentPorts((ports) => tryFreePorts(ports, addresses))),
	];
	const liveOfNodes = node.askAllNodes('live', (): LiveFigures => ({
		rooms: [...rooms.all].map(({ room }) => ({ roomId: room.id, peers: room.joined.length })),
		waiting: matches.maker.waiting,
		matches: matches.maker.matches,
	}));
	const began = Math.round(performance.timeOrigin);
	const samplesOfNodes = node.askAllNodes(
		'metrics',
		async (names: readonly string[]): Promise<NodeSamples> => ({
			...{ node: node.id, began },
			samples: await metrics.samples(names),
		}),
	);
	const connectedOfNodes = node.askAllNodes('connected', (sessionIds: SessionId[]) =>
		sessionIds.filter((id) => channels.has(channelOf.session(id))),
	);
	const handler = createHttp({
		config,
		metricsToken: config.metrics.token,
		frameAncestors: config.embed.frameAncestors,
		auth,
		metrics,
		tracing,
		log,
		store,
		push: {
			key: pushes.key,
			decline: (...whose) => callRequests.decline(...whose, null),
		},
		chats,
		polls,
		matches,
		textClients,
		moderation,
		live: async () => sumOf(await liveOfNodes()),
		samples: samplesOfNodes,
		connectedAmong: async (sessionIds) => (await connectedOfNodes(sessionIds)).flat(),
		ensureHost: async (roomId) => (await rooms.find(roomId))?.hostActions.ensureHost(),
		files,
		unready: () => {
			if (isDraining) return 'The service is shutting down.';
			if (node.isAlone) return 'This node is cut off from Redis.';
			return pool.alive === 0 ? 'No media worker is alive.' : null;
		},
		trusted: certificate !== null && !options.lan,
		mediaPaths,
		doctor: new Doctor(config, mediaPaths),
	});
	const pace = new NetworkPace(config.limits);
	const { pagesPort } = pool;
	const server = createBoundedServer(handler, { certificate, config, log, pace, pagesPort });
	renewing?.serveBy(server);
	const figures = config.metrics.port ? metricsServer(metrics, config.metrics.token, log) : null;
	const matchPeers = new MatchPeers(matches, pool, log);
	const context = {
		rooms,
		iceServers: new IceServers(config.media),
		chats,
		audience: new ChatAudience(chats, channels),
		people: {
			presence,
			acquaintances,
			calls: callRequests,
			callLog,
			audience: new PeopleAudience(acquaintances, presence, calls, channels),
		},
		matchPeers,
		accessPolicy: auth.accessPolicy,
	};
	const dispatcher = new Dispatcher(context, metrics, tracing, pace, log);
	const gateway = new Gateway(server, channels, config, auth, dispatcher, log, {
		newConnectionId: node.newConnectionId,
		arrived: (...who) => lastSeen.note(...who),
		closed: metrics.closed,
		pace,
	});

	node.attach(server);
	node.share({
		...{ chats, sessionRegistry, accountRemoval, acquaintances, presence, calls, rooms },
		matchPeers,
		reconnect: () => gateway.reconnect(),
	});

	const census = (): Census => ({
		rooms: rooms.all.size,
		wideRooms: [...rooms.all].filter(({ media }) => media.routers > 1).length,
		peers: [...rooms.all].reduce((sum, { room }) => sum + room.joined.length, 0),
		sockets: gateway.sockets,
		workers: pool.alive,
		pagesPortMedia: pagesPort?.connections ?? 0,
		waiting: matches.maker.waiting,
		matches: matches.maker.matches,
		ringing: rings.ringing.length,
		chatWrites: chats.waiting,
		backlog: callLog.backlog.waiting + records.backlog.waiting,
		dropped: callLog.backlog.dropped + records.backlog.dropped,
	});
	metrics.measure(census, () => pool.figures());

	let closing: Promise<void> | null = null;
	const drain = async () => {
		isDraining = true;
		node.drain();
		for (const part of [rooms, matches, calls]) part.drain();
		const until = Date.now() + config.drain.seconds * 1000;
		const isBusy = () => rooms.talking > 0 || matches.maker.matches > 0 || node.isLending;
		const isOver = () => closing !== null || Date.now() >= until;
		while (isBusy() && !isOver()) await setTimeout(drainInterval);
	};
	const close = async () => {
		isDraining = true;
		pool.expectEnd();
		// Runs after failures too: a part that cannot be closed must not keep the rooms from being told.
		const ringing = { close: () => calls.close(node.hasOthers) };
		for (const part of [ringing, rooms, matchPeers, textClients, matches, polls]) {
			try {
				part.close();
			} catch (error) {
				log.error({ err: error }, 'a part of the service could not be closed');
			}
		}
		renewing?.close();
		figures?.close();
		figures?.closeAllConnections();
		await cutConnections(server, gateway.close());
		pool.close();
		addresses.close();
		pushes.close();
		presence.close();
		acquaintances.close();
		const deadline = AbortSignal.timeout(backlogTime);
		await callLog.close(deadline);
		await records.close(deadline);
		await retention.close();
		await forgetter.close();
		await files.close();
		chats.close();
		await node.close();
		await store.close();
		metrics.close();
		await tracing.close();
	};

	return {
		scheme: certificate ? 'https' : 'http',
		media: {
			...pool.ports,
			pagesPort: config.media.pagesPort,
			announced: addresses.announced,
			configured: addresses.configured,
		},
		accountStatus,
		rooms,
		matchPeers,
		store,
		chats,
		polls,
		get knownNodes() {
			return node.ready;
		},
		workerPids: () => pool.pids,
		listen: async () => {
			if (figures) await listen(figures, config.metrics, 'metrics');
			await node.listen(handler, gateway);
			const port = await listen(server, config.http, 'http');
			await renewing?.start();
			return port;
		},
		drain,
		census,
		close: () => (closing ??= close()),
	};
}
