import { CodedError } from '#shared/errors.ts';
import { newPeerId, type PeerId } from '#shared/ids.ts';
import type { Log } from '../../platform/log.ts';
import type { Matches } from '../../matching/matches.ts';
import { MatchPools } from '../../media/router/matchPools.ts';
import type { MediaRouter } from '../../media/router/mediaRouter.ts';
import type { Expected } from '../../media/router/preSubscribe.ts';
import type { WorkerPool } from '../../media/worker/workers.ts';
import type { Client } from '../client/client.ts';
import { MatchPeer, type PoolPlace } from './matchPeer.ts';

/** With more matched clients than this, no client gets ready for a waiting one: another one will meet it first. */
const maxMatched = 8;

/** All clients that meet strangers, and their pairing pools. */
export class MatchPeers {
	readonly matches: Matches;
	readonly #pools: MatchPools;
	readonly #log: Log;
	readonly #byPeer = new Map<PeerId, MatchPeer>();
	readonly #all = new Set<MatchPeer>();

	constructor(matches: Matches, workers: WorkerPool, log: Log) {
		this.matches = matches;
		this.#log = log;
		this.#pools = new MatchPools(workers, log, (router, name) => this.#listenTo(router, name));
	}

	/** Open pairing pools, and clients that meet strangers, with media or without. */
	get census(): { pools: number; clients: number } {
		return { pools: this.#pools.size, clients: this.#all.size };
	}

	/** A client begins to meet strangers, with transports if it wants to see them (MATCH-1). */
	async enter(client: Client, withMedia: boolean): Promise<MatchPeer> {
		await this.matches.claim();
		const place = withMedia ? await this.#takePlace() : null;
		const peerId = place?.media.peerId;
		const matchPeer = new MatchPeer(client, place, this.matches, {
			moved: () => place?.router.preSubscribe.soon(() => this.#likelyPartners(place.router)),
			left: () => {
				this.#all.delete(matchPeer);
				if (peerId) this.#byPeer.delete(peerId);
			},
			trouble: (error) => this.#log.error({ err: error }, 'trouble in a pairing pool'),
		});
		this.#all.add(matchPeer);
		if (peerId) this.#byPeer.set(peerId, matchPeer);
		client.occupy(matchPeer);
		return matchPeer;
	}

	/** Strangers meet on another node. */
	giveUp(): void {
		for (const matchPeer of [...this.#all]) matchPeer.abandon();
	}

	close(): void {
		this.giveUp();
		this.#pools.close();
	}

	/** For each client of a pool the peers that it would meet if one of them pressed Next now (MATCH-6). */
	#likelyPartners(router: MediaRouter): Expected {
		const expected = new Map<PeerId, PeerId[]>();
		const matched: [PeerId, MatchPeer][] = [];
		for (const matchPeer of this.#all) {
			if (matchPeer.videoPlace?.router !== router) continue;
			const { peerId } = matchPeer.videoPlace.media;
			expected.set(peerId, []);
			if (matchPeer.session.match) matched.push([peerId, matchPeer]);
		}
		if (matched.length > maxMatched) return expected;
		for (const [peerId, { session }] of matched) {
			const next = this.matches.maker.likelyNext(session)?.listener;
			if (!(next instanceof MatchPeer) || !next.videoPlace) continue;
			const other = next.videoPlace.media.peerId;
			expected.get(peerId)?.push(other);
			expected.get(other)?.push(peerId);
		}
		return expected;
	}

	async #takePlace(): Promise<PoolPlace> {
		const { router, name } = await this.#pools.acquire();
		try {
			return { router, name, media: await router.add(newPeerId()) };
		} catch (error) {
			throw error instanceof CodedError ? error : new CodedError('UNAVAILABLE');
		}
	}

	#listenTo(router: MediaRouter, name: string): void {
		this.#log.info({ pool: name }, 'pairing pool opened');
		router.on('added', (viewer, peerId, producer) =>
			this.#byPeer.get(viewer)?.sends('producer:added', peerId, producer),
		);
		router.on('updated', (viewer, peerId, producer) =>
			this.#byPeer.get(viewer)?.sends('producer:updated', peerId, producer),
		);
		router.on('closed', (viewer, peerId, producerId) =>
			this.#byPeer.get(viewer)?.sendsNoMore(peerId, producerId),
		);
		router.on('requestedQuality', (peerId, producerId, spatialLayer) =>
			this.#byPeer.get(peerId)?.tell('media:demand', { producerId, spatialLayer }),
		);
		router.on('ahead', (peerId, consumers) => this.#byPeer.get(peerId)?.ahead(consumers));
		router.on('silent', (peerId) => {
			const matchPeer = this.#byPeer.get(peerId);
			if (matchPeer) this.matches.maker.endWaiting(matchPeer.session, 'connection');
		});
		router.on('lost', () => {
			this.#log.warn({ pool: name }, 'pairing pool lost its media worker');
			for (const matchPeer of [...this.#all])
				if (matchPeer.place?.router === router) matchPeer.abandon();
		});
		router.on('empty', () => this.#log.info({ pool: name }, 'pairing pool closed'));
	}
}
