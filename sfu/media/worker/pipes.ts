import type {
	Consumer,
	PipeTransport,
	Producer,
	Router,
	Transport,
	TransportPortRange,
} from 'mediasoup/types';
import type { ProducerId } from '#shared/ids.ts';
import type { RtpCapabilities } from '#shared/rtp.ts';
import type { Log } from '../../platform/log.ts';

/** What may wait at an end of a link, in bytes, as far as the system lets it: one link carries what many people send. */
const buffered = 2 * 1024 * 1024;

/** Where a worker of another machine is reached. */
export type LinkEnd = {
	/** Its address, as workers of other machines reach it. */
	address: string;
	/** The address of this machine, as it reaches it. */
	ours: string;
	/** The ports that links may have there. */
	ports: TransportPortRange;
};

/** What is lost on a link is sent again. Between machines, media is encrypted. */
const linkOptions = (ip: string, portRange: TransportPortRange, isBetweenMachines: boolean) =>
	({
		listenInfo: {
			protocol: 'udp',
			ip,
			portRange,
			sendBufferSize: buffered,
			recvBufferSize: buffered,
		},
		enableRtx: true,
		enableSrtp: isBetweenMachines,
	}) as const;

/** All ports that links may have. */
const linkPorts = { min: 10_000, max: 59_999 };

/** The ports for links beside these media ports: a worker that is replaced must find its port free. */
export function linkPortsBeside({
	first,
	last,
}: {
	first: number;
	last: number;
}): TransportPortRange {
	const below = { min: linkPorts.min, max: Math.min(linkPorts.max, first - 1) };
	const above = { min: Math.max(linkPorts.min, last + 1), max: linkPorts.max };
	return below.max - below.min > above.max - above.min ? below : above;
}

/** A transport on each of two routers, by the id of its router. */
type Link = ReadonlyMap<string, PipeTransport>;

/** A producer of a peer, and the router that it is on. */
type Origin = { producer: Producer; router: Router };

const nothing = () => undefined;

/**
 * Brings what is published on one router of a room to its other routers: each producer once to each router, as long as
 * something there consumes it. It has the same id everywhere.
 */
export class Pipes {
	readonly #ports: TransportPortRange;
	readonly #log: Log;
	/** The routers that are on other machines, by their ids. */
	readonly #away = new Map<string, LinkEnd>();
	/** Who publishes where. */
	readonly #origins = new Map<string, Origin>();
	/** By the ids of both routers. */
	readonly #links = new Map<string, Promise<Link>>();
	/** By the id of the producer, then by that of the router that it is brought to. */
	readonly #pipes = new Map<string, Map<string, Pipe>>();
	#silent: ReadonlySet<string> = new Set();

	/** @param ports of which links may take any. */
	constructor(ports: TransportPortRange, log: Log) {
		this.#ports = ports;
		this.#log = log;
	}

	/**
	 * From now on, what is published on this router can be brought to the others.
	 *
	 * @param end where it is reached, if it is on another machine.
	 */
	add(router: Router, end: LinkEnd | null = null): void {
		if (end) {
			this.#away.set(router.id, end);
			router.observer.once('close', () => this.#away.delete(router.id));
		}
		router.observer.on('newtransport', (transport: Transport) => {
			if (transport.type === 'pipe') return;
			transport.observer.on('newproducer', (producer) => {
				// Ids are unique in a room: the first producer keeps it.
				if (this.#origins.has(producer.id)) return;
				this.#origins.set(producer.id, { producer, router });
				producer.observer.once('close', () => {
					this.#origins.delete(producer.id);
					for (const pipe of this.#pipes.get(producer.id)?.values() ?? []) pipe.close();
				});
			});
		});
	}

	/** Whether a producer on one of the routers has this id. Each router alone would see to its own ids only. */
	has(producerId: ProducerId): boolean {
		return this.#origins.has(producerId);
	}

	/** Whether a peer sends this now, and a client with these capabilities can receive it. */
	canConsume(producerId: ProducerId, rtpCapabilities: RtpCapabilities): boolean {
		const origin = this.#origins.get(producerId);
		return !!origin && origin.router.canConsume({ producerId, rtpCapabilities });
	}

	/**
	 * Sees to it that this router has the producer, as long as its own consumers need it. All that ask at the same time share one
	 * pipe. Nothing has to be done if the producer is on this router, or has ended.
	 *
	 * @returns tells that it is not needed any more; may be called twice.
	 * @throws if the engine refuses it, or the producer ends meanwhile.
	 */
	async hold(producerId: ProducerId, router: Router): Promise<() => void> {
		const origin = this.#origins.get(producerId);
		if (!origin || origin.router === router) return nothing;
		const pipe = this.#pipeTo(router, origin);
		const release = pipe.hold();
		try {
			await pipe.made;
		} catch (error) {
			release();
			throw error;
		}
		return release;
	}

	/** Sets the microphones that are not heard now: they are not sent to other routers. */
	silence(silent: ReadonlySet<string>): void {
		this.#silent = silent;
		for (const [id, pipes] of this.#pipes)
			for (const pipe of pipes.values()) pipe.silence(silent.has(id));
	}

	#pipeTo(router: Router, { producer, router: from }: Origin): Pipe {
		const { id } = producer;
		const pipes = this.#pipes.get(id) ?? new Map<string, Pipe>();
		this.#pipes.set(id, pipes);
		const known = pipes.get(router.id);
		if (known) return known;
		const pipe = new Pipe({
			origin: producer,
			isSilent: () => this.#silent.has(id),
			link: async () => {
				const link = await this.#link(from, router);
				return { near: link.get(from.id), far: link.get(router.id) };
			},
			closed: () => {
				if (pipes.get(router.id) === pipe) pipes.delete(router.id);
				if (pipes.size === 0 && this.#pipes.get(id) === pipes) this.#pipes.delete(id);
				this.#log.debug({ producer: id, router: router.id }, 'pipe closed');
			},
			onTrouble: (error) => this.#log.error({ err: error, producer: id }, 'media trouble'),
		});
		pipes.set(router.id, pipe);
		this.#log.debug({ producer: id, router: router.id }, 'pipe opened');
		return pipe;
	}

	/** Two routers share one link, for both directions, until one of them closes. */
	#link(one: Router, other: Router): Promise<Link> {
		const key = [one.id, other.id].toSorted().join(' ');
		const known = this.#links.get(key);
		if (known) return known;
		const forget = () => this.#links.delete(key);
		const linking = linked(this.#end(one, other), this.#end(other, one), forget);
		this.#links.set(key, linking);
		linking.catch(forget);
		return linking;
	}

	/** How the end of a link is made at a router, towards another one. */
	#end(router: Router, opposite: Router): End {
		const [own, away] = [this.#away.get(router.id), this.#away.get(opposite.id)];
		const ip = own?.address ?? away?.ours ?? '127.0.0.1';
		return { router, options: linkOptions(ip, own?.ports ?? this.#ports, !!(own ?? away)) };
	}
}

type End = { router: Router; options: ReturnType<typeof linkOptions> };

/** @param closed is called when one of the ends has closed, and with it the other one. */
async function linked(one: End, other: End, closed: () => void): Promise<Link> {
	const making = await Promise.allSettled(
		[one, other].map(({ router, options }) => router.createPipeTransport(options)),
	);
	const [near, far] = making.map((made) => (made.status === 'fulfilled' ? made.value : null));
	try {
		if (!near || !far) throw making.find((made) => made.status === 'rejected')?.reason;
		const connect = (end: PipeTransport, { tuple, srtpParameters }: PipeTransport) =>
			end.connect({ ip: tuple.localAddress, port: tuple.localPort, srtpParameters });
		await Promise.all([connect(near, far), connect(far, near)]);
		if (near.closed || far.closed) throw new Error('a router closed while it was linked');
	} catch (error) {
		near?.close();
		far?.close();
		throw error;
	}
	for (const [end, opposite] of [
		[near, far],
		[far, near],
	] as const)
		end.observer.once('close', () => {
			opposite.close();
			closed();
		});
	return new Map([
		[one.router.id, near],
		[other.router.id, far],
	]);
}

type PipeParts = {
	origin: Producer;
	isSilent: () => boolean;
	/** The ends of the link: at the router of the producer, and at that which it is brought to. */
	link: () => Promise<{ near: PipeTransport | undefined; far: PipeTransport | undefined }>;
	/** Called once, when another pipe may take the place of this one. */
	closed: () => void;
	onTrouble: (error: unknown) => void;
};

/** One producer on its way to another router: a consumer on this side, and a producer with the same id on that side. */
class Pipe {
	/** Resolves when consumers can be made; rejects when the engine refuses or the producer has ended. */
	readonly made: Promise<void>;
	readonly #parts: PipeParts;
	#holders = 0;
	#ends: { consumer: Consumer; producer: Producer } | null = null;
	#closed = false;

	constructor(parts: PipeParts) {
		this.#parts = parts;
		this.made = this.#make();
		this.made.catch(() => this.close());
	}

	/** @returns takes it back, once the pipe was made or could not be. The last one closes the pipe. */
	hold(): () => void {
		this.#holders++;
		let isHeld = true;
		return () => {
			if (!isHeld) return;
			isHeld = false;
			this.#holders--;
			if (this.#holders === 0) this.close();
		};
	}

	/** A microphone that is not heard stays on its side. The other side does not take it for muted. */
	silence(isSilent: boolean): void {
		const consumer = this.#ends?.consumer;
		if (!consumer || consumer.kind !== 'audio') return;
		this.#carryOut(isSilent ? consumer.pause() : consumer.resume());
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		const { origin, closed } = this.#parts;
		origin.observer.off('pause', this.#followPause);
		origin.observer.off('resume', this.#followPause);
		this.#ends?.consumer.close();
		this.#ends?.producer.close();
		closed();
	}

	async #make(): Promise<void> {
		const { origin, link, isSilent } = this.#parts;
		const { near, far } = await link();
		if (!near || !far) throw new Error('the link has no such end');
		const consumer = await near.consume({ producerId: origin.id });
		let producer: Producer | undefined;
		try {
			const { kind, rtpParameters } = consumer;
			producer = await far.produce({ id: origin.id, kind, rtpParameters, paused: origin.paused });
			if (this.#closed || origin.closed || consumer.closed || producer.closed)
				throw new Error('the producer ended while it was piped');
		} catch (error) {
			consumer.close();
			producer?.close();
			throw error;
		}
		this.#ends = { consumer, producer };
		consumer.observer.once('close', () => this.close());
		producer.observer.once('close', () => this.close());
		origin.observer.on('pause', this.#followPause);
		origin.observer.on('resume', this.#followPause);
		if (origin.paused !== producer.paused) this.#followPause();
		if (isSilent()) this.silence(true);
	}

	readonly #followPause = (): void => {
		const producer = this.#ends?.producer;
		if (!producer) return;
		this.#carryOut(this.#parts.origin.paused ? producer.pause() : producer.resume());
	};

	/** The engine refuses what has ended meanwhile: that is no trouble. */
	#carryOut(task: Promise<void>): void {
		task.catch((error: unknown) => {
			if (!this.#closed && !this.#parts.origin.closed) this.#parts.onTrouble(error);
		});
	}
}
