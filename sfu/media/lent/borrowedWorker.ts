import { request } from 'node:http';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { endianness } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { lentVariable, lentWorker, workerProtocol } from './workerOffer.ts';

/*
 * Stands in for a media worker that another node runs. mediasoup starts this process as it starts its workers, and speaks to it
 * over the pipes 3 and 4. All of that goes over a connection to the worker, and back. Where one of them ends, so does this process.
 */

/** How long the other node may take to start the worker, in ms. */
const startTime = 5_000;
/** How often the other node is asked whether it is there, and how long it may take to answer, in ms. */
const [askEvery, answerTime] = [500, 2_000];
/** How many times in turn it has to be silent to count as gone. */
const silences = 2;
/** Before each message stands its length, in bytes, as the machine writes numbers. */
const lengthBytes = 4;

/** The messages of mediasoup: code that it makes from its schemas, and of which it exports nothing. */
type Generated = {
	flatbuffers: {
		Builder: new () => { finishSizePrefixed(root: number): void; asUint8Array(): Uint8Array };
		ByteBuffer: new (bytes: Uint8Array) => object;
	};
	message: {
		Body: { Notification: number };
		Message: {
			getRootAsMessage(bytes: object): { dataType(): number; data(into: object): void };
		};
		MessageT: new (bodyType: number, body: object) => { pack(builder: object): number };
	};
	notification: {
		Body: { NONE: number };
		Event: { WORKER_RUNNING: number };
		Notification: new () => { event(): number };
		NotificationT: new (handler: string, event: number, bodyType: number, body: null) => object;
	};
};

const mediasoup = import.meta.resolve('mediasoup');
const load = createRequire(mediasoup);
const generated = (name: string): unknown =>
	load(fileURLToPath(new URL(`fbs/${name}.js`, mediasoup)));
const { flatbuffers, message, notification } = {
	flatbuffers: load('flatbuffers'),
	message: generated('message'),
	notification: generated('notification'),
} as Generated;

/** Whether a worker says by this that it is there. */
function saysRunning(body: Buffer): boolean {
	const received = message.Message.getRootAsMessage(new flatbuffers.ByteBuffer(body));
	if (received.dataType() !== message.Body.Notification) return false;
	const event = new notification.Notification();
	received.data(event);
	return event.event() === notification.Event.WORKER_RUNNING;
}

/** A worker says that it is there under the id of its process: mediasoup knows it by the id of this one. */
function running(): Uint8Array {
	const builder = new flatbuffers.Builder();
	const { NONE } = notification.Body;
	const event = new notification.NotificationT(
		...[String(process.pid), notification.Event.WORKER_RUNNING, NONE, null],
	);
	const sent = new message.MessageT(message.Body.Notification, event);
	builder.finishSizePrefixed(sent.pack(builder));
	return builder.asUint8Array();
}

const { address, credentials, ticket } = v.parse(
	lentWorker,
	JSON.parse(process.env[lentVariable] ?? ''),
);
const toWorker = new Socket({ fd: 3, readable: true, writable: false });
const fromWorker = new Socket({ fd: 4, readable: false, writable: true });

function end(reason: string): never {
	// mediasoup shows what its workers say on standard error.
	process.stderr.write(`${reason}\n`);
	process.exit(1);
}

/** Where the line is cut without a word, a connection seems to be there for minutes. So the other node is asked anew each time. */
async function watch(): Promise<void> {
	for (let silent = 0; silent < silences;) {
		await wait(askEvery);
		try {
			const signal = AbortSignal.timeout(answerTime);
			await fetch(address, { method: 'HEAD', headers: credentials, signal });
			silent = 0;
		} catch {
			silent++;
		}
	}
	end('the other node does not answer');
}

const starting = setTimeout(() => end('the worker of the other node did not start'), startTime);
const asking = request(address, {
	headers: {
		...credentials,
		'worker-ticket': ticket,
		...{ Connection: 'Upgrade', Upgrade: workerProtocol },
	},
});
asking.once('error', ({ message: reason }) => end(reason));
asking.once('response', ({ statusCode }) => end(`the other node answered ${statusCode}`));
asking.once('upgrade', (_response, connection: Socket, head: Buffer) => {
	connection.setNoDelay(true).setKeepAlive(true, startTime);
	for (const one of [connection, toWorker, fromWorker]) {
		one.once('error', ({ message: reason }) => end(reason));
		one.once('close', () => process.exit(0));
	}
	toWorker.pipe(connection);
	let begun = Buffer.alloc(0);
	const take = (bytes: Buffer) => {
		begun = Buffer.concat([begun, bytes]);
		while (begun.length >= lengthBytes) {
			const length =
				lengthBytes + (endianness() === 'LE' ? begun.readUInt32LE(0) : begun.readUInt32BE(0));
			if (begun.length < length) return;
			const [whole, rest] = [begun.subarray(0, length), begun.subarray(length)];
			begun = rest;
			if (!saysRunning(whole.subarray(lengthBytes))) {
				fromWorker.write(whole);
				continue;
			}
			clearTimeout(starting);
			void watch();
			fromWorker.write(running());
			fromWorker.write(rest);
			connection.off('data', take);
			connection.pipe(fromWorker);
			return;
		}
	};
	connection.on('data', take);
	take(head);
});
asking.end();

// Ctrl+C reaches every process of the terminal: whether calls go on is for the service to say.
process.on('SIGINT', () => undefined);
