import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A line to the service that can be cut in the middle of what is sent, and mended. */
export class WobblyLine {
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	#cutIn = Infinity;
	#down = false;

	private constructor(port: number) {
		this.#server = createServer((near) => {
			if (this.#down) {
				near.destroy();
				return;
			}
			const far = connect(port, '127.0.0.1');
			near.on('data', (bytes) => this.#count(bytes.length));
			near.pipe(far).pipe(near);
			for (const [one, other] of [
				[near, far],
				[far, near],
			] as const) {
				this.#sockets.add(one);
				one.on('error', () => undefined);
				one.on('close', () => {
					other.destroy();
					this.#sockets.delete(one);
				});
			}
		});
	}

	static async to(url: string): Promise<WobblyLine> {
		const line = new WobblyLine(Number(new URL(url).port));
		await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve));
		return line;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	/** Cuts it, and keeps it down, once so many bytes more were sent to the service. */
	cutAfter(bytes: number): void {
		this.#cutIn = bytes;
	}

	get isDown(): boolean {
		return this.#down;
	}

	mend(): void {
		this.#down = false;
	}

	close(): void {
		this.#cut();
		this.#server.close();
	}

	#count(bytes: number): void {
		this.#cutIn -= bytes;
		if (this.#cutIn > 0) return;
		this.#cutIn = Infinity;
		this.#cut();
	}

	#cut(): void {
		this.#down = true;
		for (const socket of this.#sockets) socket.destroy();
	}
}
