import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A load balancer that knows nothing of what it carries: each connection goes to the next node. */
export class Balancer {
	readonly port: number;
	readonly #server: ReturnType<typeof createServer>;
	readonly #open: Set<Socket>;

	private constructor(port: number, server: ReturnType<typeof createServer>, open: Set<Socket>) {
		this.port = port;
		this.#server = server;
		this.#open = open;
	}

	/**
	 * @param ports of the nodes on loopback. A node that is not there is left out.
	 * @param ownPort where it listens; 0 lets the system choose.
	 */
	static async before(ports: () => readonly number[], ownPort = 0): Promise<Balancer> {
		const open = new Set<Socket>();
		let turn = 0;
		const server = createServer({ allowHalfOpen: true }, (socket) => {
			const all = ports();
			const next = (left: number): void => {
				const port = all[turn++ % all.length];
				if (left === 0 || port === undefined) {
					socket.destroy();
					return;
				}
				const node = connect({
					port,
					host: '127.0.0.1',
					// Nodes see where the client is.
					...(socket.remoteAddress && { localAddress: socket.remoteAddress }),
					allowHalfOpen: true,
				});
				const onRefused = () => next(left - 1);
				node.once('error', onRefused);
				node.once('connect', () => {
					node.off('error', onRefused);
					for (const [one, other] of [
						[socket, node],
						[node, socket],
					] as const) {
						open.add(one);
						one.on('error', () => other.destroy());
						one.on('close', () => {
							open.delete(one);
							other.destroy();
						});
						one.pipe(other);
					}
				});
			};
			socket.on('error', () => socket.destroy());
			next(all.length);
		});
		server.listen(ownPort, '127.0.0.1');
		await once(server, 'listening');
		return new Balancer((server.address() as AddressInfo).port, server, open);
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	async close(): Promise<void> {
		const closed = once(this.#server, 'close');
		this.#server.close();
		for (const socket of this.#open) socket.destroy();
		await closed;
	}
}
