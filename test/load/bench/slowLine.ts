import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a page is told instead of the address of the service, which is the first one of loopback. */
const address = '127.0.0.2';
const service = '127.0.0.1';

/**
 * A line to a service on loopback that delays what is sent: TCP to its pages, UDP to its media. Both are reached at another
 * address, under the same ports.
 */
export class SlowLine {
	static readonly address = address;
	readonly #server: Server;
	readonly #media: Datagrams;
	readonly #closes = new Set<() => void>();
	#closed = false;
	/** A round trip over the line, in ms. */
	roundTrip = 0;

	private constructor(httpPort: number, mediaPort: number) {
		this.#server = createServer((near) => this.#carry(near, httpPort));
		this.#server.listen(httpPort, address);
		this.#media = createSocket('udp4');
		this.#media.bind(mediaPort, address);
		/** The end towards the service of each client, by the client's address and port. */
		const ends = new Map<string, Datagrams>();
		this.#media.on('message', (packet, client) => {
			const key = `${client.address}:${client.port}`;
			const known = ends.get(key);
			const end = known ?? createSocket('udp4');
			if (!known) {
				ends.set(key, end);
				this.#closes.add(() => end.close());
				end.on('message', (answer) =>
					this.#later(() => this.#media.send(answer, client.port, client.address)),
				);
			}
			this.#later(() => end.send(packet, mediaPort, service));
		});
	}

	static async to(httpPort: number, mediaPort: number): Promise<SlowLine> {
		const line = new SlowLine(httpPort, mediaPort);
		await Promise.all([once(line.#server, 'listening'), once(line.#media, 'listening')]);
		return line;
	}

	/** What is on its way is lost. */
	close(): void {
		this.#closed = true;
		for (const close of this.#closes) close();
		this.#server.close();
		this.#media.close();
	}

	#carry(near: Socket, port: number): void {
		const far = connect(port, service);
		near.setNoDelay();
		far.setNoDelay();
		// Real ones take a round trip to open a connection, and loopback does not: nothing goes out before.
		const opened = performance.now() + this.roundTrip;
		for (const [one, other] of [
			[near, far],
			[far, near],
		] as const) {
			// In the order in which it was sent, whichever timer comes first.
			const sent: (Buffer | string)[] = [];
			one.on('data', (bytes) => {
				sent.push(bytes);
				this.#later(() => other.write(sent.shift() ?? ''), opened);
			});
			// How a connection ends is that of its two ends.
			one.on('error', () => undefined);
			one.on('close', () => this.#later(() => other.end(), opened));
		}
		this.#closes.add(() => {
			near.destroy();
			far.destroy();
		});
	}

	/** Does it when what is sent now, or at the earliest then, has arrived. */
	#later(arrive: () => void, earliest = 0): void {
		const wait = Math.max(0, earliest - performance.now()) + this.roundTrip / 2;
		setTimeout(() => {
			if (!this.#closed) arrive();
		}, wait);
	}
}
