import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What the line does: pass on what it is given, refuse every connection, or hold everything back. */
type LineState = 'open' | 'cut' | 'silent';

/** One direction of a connection. What was sent arrives in its order, also after the sender has gone. */
class Direction {
	readonly #line: FaultyLine;
	readonly #to: Socket;
	readonly #held: (Buffer | string)[] = [];
	#ended = false;

	constructor(line: FaultyLine, from: Socket, to: Socket) {
		this.#line = line;
		this.#to = to;
		from.on('data', (bytes) => {
			this.#held.push(bytes);
			this.#line.later(() => this.flush());
		});
		from.on('error', () => undefined);
		from.on('close', () => {
			this.#ended = true;
			this.#line.later(() => this.flush());
		});
	}

	flush(): void {
		if (this.#line.isSilent) return;
		for (const bytes of this.#held.splice(0)) if (!this.#to.destroyed) this.#to.write(bytes);
		if (this.#ended) this.#to.end();
	}
}

/** A line to a port of loopback that can be cut, silenced and slowed down. */
export class FaultyLine {
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	readonly #directions = new Set<Direction>();
	readonly #timers = new Set<NodeJS.Timeout>();
	#state: LineState = 'open';
	#delay = 0;

	private constructor(port: number) {
		this.#server = createServer((near) => {
			if (this.#state === 'cut') {
				near.destroy();
				return;
			}
			const far = connect(port, '127.0.0.1');
			for (const socket of [near, far]) {
				this.#sockets.add(socket);
				socket.on('close', () => this.#sockets.delete(socket));
			}
			for (const [from, to] of [
				[near, far],
				[far, near],
			] as const) {
				const direction = new Direction(this, from, to);
				this.#directions.add(direction);
				to.on('close', () => this.#directions.delete(direction));
			}
		});
	}

	static async to(port: number): Promise<FaultyLine> {
		const line = new FaultyLine(port);
		await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve));
		return line;
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	get isSilent(): boolean {
		return this.#state === 'silent';
	}

	/** Breaks all connections, and refuses others. What is under way is lost. */
	cut(): void {
		this.#state = 'cut';
		for (const socket of this.#sockets) socket.destroy();
	}

	/** From now on what is sent is held back, and arrives once the line is mended. */
	silence(): void {
		this.#state = 'silent';
	}

	/** From now on everything takes so many ms more, in each direction. */
	slow(ms: number): void {
		this.#delay = ms;
	}

	mend(): void {
		this.#state = 'open';
		this.#delay = 0;
		for (const direction of this.#directions) direction.flush();
	}

	close(): void {
		this.cut();
		for (const timer of this.#timers) clearTimeout(timer);
		this.#server.close();
	}

	/** Calls it when what was sent now arrives. */
	later(arrive: () => void): void {
		const timer = setTimeout(() => {
			this.#timers.delete(timer);
			arrive();
		}, this.#delay);
		this.#timers.add(timer);
	}
}
