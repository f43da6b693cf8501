import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { pipeline, type Duplex } from 'node:stream';
import { version, workerBin } from 'mediasoup';
import type { MediaAddresses } from '../worker/mediaAddresses.ts';
import type { Log } from '../../platform/log.ts';
import { workerPath, workerProtocol, type WorkerOffer } from './workerOffer.ts';

/** For how long an offer can be taken, in ms. */
const offered = 5_000;
/** How soon a borrower that says nothing is looked for, in ms. Ten seconds later it counts as gone. */
const askIfAlive = 5_000;

type Ports = { first: number; last: number };

/**
 * Runs media workers for rooms of other nodes, on the media ports after those of the node's own workers. Each is a process that
 * the borrowing node speaks to over a connection as it does to its own workers over pipes; it ends with that connection.
 */
export class WorkerLender {
	/** Where it is asked for a worker. */
	readonly path = workerPath;
	readonly #ports: Ports;
	readonly #addresses: MediaAddresses;
	readonly #log: Log;
	/** Ports of workers that may be lent. */
	readonly #free: number[];
	/** What was offered and is not taken: the port of each, by its ticket. */
	readonly #offers = new Map<string, number>();
	#running = 0;
	#stopped = false;

	/**
	 * @param own the media ports of the node's own workers.
	 * @param maxWorkers how many workers are lent at a time.
	 */
	constructor(own: Ports, maxWorkers: number, addresses: MediaAddresses, log: Log) {
		this.#ports = { first: own.first, last: own.last + maxWorkers };
		this.#free = Array.from({ length: maxWorkers }, (_, index) => own.last + 1 + index);
		this.#addresses = addresses;
		this.#log = log;
	}

	/**
	 * Offers a worker, if one is free and the other node runs the same version of mediasoup. To HEAD it says that this node is
	 * there.
	 */
	readonly request = (message: IncomingMessage, response: ServerResponse): void => {
		message.resume();
		if (message.method === 'HEAD') {
			response.writeHead(204).end();
			return;
		}
		if (this.#stopped || message.headers['mediasoup-version'] !== version) {
			response.writeHead(409).end();
			return;
		}
		const port = this.#free.shift();
		if (port === undefined) {
			response.writeHead(409).end();
			return;
		}
		const ticket = randomBytes(18).toString('base64url');
		this.#offers.set(ticket, port);
		setTimeout(() => {
			if (this.#offers.delete(ticket)) this.#free.push(port);
		}, offered).unref();
		const { announced, configured } = this.#addresses;
		const offer = {
			ticket,
			listenInfos: this.#addresses.listenInfos(port),
			announced: configured ? announced : null,
			ports: this.#ports,
		};
		response.writeHead(200, { 'Content-Type': 'application/json' });
		response.end(JSON.stringify(offer satisfies Record<keyof WorkerOffer, unknown>));
	};

	/** Starts the worker that was offered. What comes over the connection goes to it, and the other way round. */
	readonly upgrade = (message: IncomingMessage, socket: Duplex, head: Buffer): void => {
		const ticket = message.headers['worker-ticket'];
		const port = typeof ticket === 'string' ? this.#offers.get(ticket) : undefined;
		if (typeof ticket !== 'string' || port === undefined || !(socket instanceof Socket)) {
			socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
			return;
		}
		this.#offers.delete(ticket);
		socket.setTimeout(0).setNoDelay(true).setKeepAlive(true, askIfAlive);
		const worker = spawn(workerBin, ['--logLevel=warn'], {
			env: { MEDIASOUP_VERSION: version, ...process.env },
			stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'],
		});
		const borrower = message.socket.remoteAddress;
		const log = this.#log.child({ port, pid: worker.pid, borrower });
		let ended = false;
		this.#running++;
		const end = () => {
			if (ended) return;
			ended = true;
			this.#running--;
			this.#free.push(port);
			socket.destroy();
			log.info('a media worker for another node ended');
		};
		worker.once('error', (error) => {
			log.error({ err: error }, 'a media worker for another node does not start');
			end();
		});
		worker.once('exit', end);
		socket.once('close', () => worker.kill('SIGKILL'));
		const [toWorker, fromWorker] = [worker.stdio[3], worker.stdio[4]];
		if (!(toWorker instanceof Socket && fromWorker instanceof Socket)) return;
		socket.write(
			`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${workerProtocol}\r\n\r\n`,
		);
		if (head.length > 0) socket.unshift(head);
		const cut = () => socket.destroy();
		// What is not of mediasoup ends the worker, and its pipes break.
		for (const pipe of [toWorker, fromWorker]) pipe.on('error', cut);
		pipeline(socket, toWorker, cut);
		pipeline(fromWorker, socket, cut);
		log.info('a media worker for another node began');
	};

	/** Whether a worker runs for another node. */
	get isLending(): boolean {
		return this.#running > 0;
	}

	/** Has the ports of the workers that are not lent looked at. None of them is lent meanwhile. */
	async examine<T>(look: (ports: readonly number[]) => Promise<T>): Promise<T> {
		const ports = this.#free.splice(0);
		return look(ports).finally(() => this.#free.push(...ports));
	}

	/** Lends none from now on. Those that are lent go on. */
	stop(): void {
		this.#stopped = true;
	}
}
