import { CodedError } from '#shared/errors.ts';
import { newPeerId, type PeerId } from '#shared/ids.ts';
import type { Log } from '../log.ts';
import type { Matches } from '../matching/matches.ts';
import type { HallMedia } from '../media/hallMedia.ts';
import { Halls } from '../media/halls.ts';
import type { WorkerPool } from '../media/workers.ts';
import type { Client } from './client.ts';
import { Foresight } from './foresight.ts';
import { Meeting, type HallPlace } from './meeting.ts';

/** All clients that meet strangers, and the halls in which they see each other. */
export class Meetings {
	readonly matches: Matches;
	readonly #halls: Halls;
	readonly #log: Log;
	readonly #byPeer = new Map<PeerId, Meeting>();
	readonly #all = new Set<Meeting>();
	readonly #foresight: Foresight;

	constructor(matches: Matches, pool: WorkerPool, log: Log) {
		this.matches = matches;
		this.#log = log;
		this.#halls = new Halls(pool, (hall, name) => this.#listenTo(hall, name));
		this.#foresight = new Foresight(matches.maker, () => this.#all);
	}

	/** Halls that are open, and clients in them and beside them. */
	get census(): { halls: number; clients: number } {
		return { halls: this.#halls.size, clients: this.#all.size };
	}

	/** A client begins to meet strangers, with transports if it wants to see them (R95). */
	async enter(client: Client, withMedia: boolean): Promise<Meeting> {
		const place = withMedia ? await this.#takePlace() : null;
		const peerId = place?.media.peerId;
		const meeting = new Meeting(client, place, this.matches, {
			moved: () => this.#foresight.soon(),
			left: () => {
				this.#all.delete(meeting);
				if (peerId) this.#byPeer.delete(peerId);
			},
			trouble: (error) => this.#log.error({ err: error }, 'trouble in a hall'),
		});
		this.#all.add(meeting);
		if (peerId) this.#byPeer.set(peerId, meeting);
		client.leave();
		client.moveTo({ phase: 'match', live: meeting });
		return meeting;
	}

	close(): void {
		for (const meeting of [...this.#all]) meeting.abandon();
		this.#foresight.close();
		this.#halls.close();
	}

	async #takePlace(): Promise<HallPlace> {
		const { hall, name } = await this.#halls.acquire();
		try {
			return { hall, name, media: await hall.add(newPeerId()) };
		} catch (error) {
			throw error instanceof CodedError ? error : new CodedError('UNAVAILABLE');
		}
	}

	#listenTo(hall: HallMedia, name: string): void {
		this.#log.info({ hall: name }, 'hall opened');
		hall.on('added', (viewer, peerId, producer) =>
			this.#byPeer.get(viewer)?.sends('producer:added', peerId, producer),
		);
		hall.on('updated', (viewer, peerId, producer) =>
			this.#byPeer.get(viewer)?.sends('producer:updated', peerId, producer),
		);
		hall.on('closed', (viewer, peerId, producerId) =>
			this.#byPeer.get(viewer)?.sendsNoMore(peerId, producerId),
		);
		hall.on('demand', (peerId, producerId, spatialLayer) =>
			this.#byPeer.get(peerId)?.tell('media:demand', { producerId, spatialLayer }),
		);
		hall.on('ahead', (peerId, consumers) => this.#byPeer.get(peerId)?.ahead(consumers));
		hall.on('silent', (peerId) => {
			const meeting = this.#byPeer.get(peerId);
			if (meeting) this.matches.maker.expel(meeting.stay, 'connection');
		});
		hall.on('trouble', (error, context) =>
			this.#log.error({ hall: name, ...context, err: error }, 'media trouble'),
		);
		hall.on('lost', () => {
			this.#log.warn({ hall: name }, 'hall lost its media worker');
			for (const meeting of [...this.#all]) if (meeting.place?.hall === hall) meeting.abandon();
		});
		hall.on('empty', () => this.#log.info({ hall: name }, 'hall closed'));
	}
}
