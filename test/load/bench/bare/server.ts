/**
 * A service of the fewest parts: the page, Socket.IO, and bare mediasoup with one router. What Parley takes beyond this is
 * Parley's. Started as a process of its own, with the built script of its page in the file that it is given, and the address
 * to which browsers are to send media. Says where it is, and ends with the process that started it.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createWorker } from 'mediasoup';
import type { Consumer, RtpCapabilities, RtpParameters, WebRtcTransport } from 'mediasoup/types';
import { Server } from 'socket.io';
import { routerCodecs } from '../../../../sfu/media/worker/codecs.ts';
import { freePort } from '../../../support/ports.ts';
import type { BareService } from './bareService.ts';
import type { BareRequests, Direction } from './protocol.ts';

const [, , script = '', announcedAddress] = process.argv;
const code = readFileSync(script, 'utf8');
const page = `<!doctype html><meta charset="utf-8"><title>Bare</title><button disabled>Join</button>
<div data-testid="tile" role="group" aria-label="Sender"><video autoplay playsinline muted></video></div>
<script src="/page.js"></script>`;

const worker = await createWorker({ logLevel: 'none' });
const mediaPort = await freePort();
const webRtcServer = await worker.createWebRtcServer({
	listenInfos: (['udp', 'tcp'] as const).map((protocol) => ({
		...{ protocol, ip: '127.0.0.1', port: mediaPort },
		...(announcedAddress && { announcedAddress }),
	})),
});
const router = await worker.createRouter({ mediaCodecs: routerCodecs('vp8') });
/** What each socket sends. */
const producers = new Map<string, Set<string>>();

const http = createServer((request, response) => {
	const isScript = request.url === '/page.js';
	response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
	// As the pages of a service do: the browser keeps the script.
	response.setHeader('cache-control', isScript ? 'max-age=3600' : 'no-cache');
	response.end(isScript ? code : page);
});

const sockets = new Server<BareRequests>(http, { serveClient: false, transports: ['websocket'] });
sockets.on('connection', (socket) => {
	const transports = new Map<Direction, WebRtcTransport>();
	const consumers: Consumer[] = [];
	const own = new Set<string>();
	producers.set(socket.id, own);
	const transportOf = (direction: Direction): WebRtcTransport => {
		const transport = transports.get(direction);
		if (!transport) throw new Error(`there is no transport to ${direction}`);
		return transport;
	};
	socket.on('transport', async ({ direction }, answer) => {
		const transport = await router.createWebRtcTransport({ webRtcServer, enableTcp: true });
		transports.set(direction, transport);
		const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
		answer({ id, iceParameters, iceCandidates, dtlsParameters });
	});
	socket.on('capabilities', (_, answer) => answer(router.rtpCapabilities));
	socket.on('connect-transport', async ({ direction, dtlsParameters }, answer) => {
		await transportOf(direction).connect({ dtlsParameters });
		answer({});
	});
	socket.on('produce', async ({ kind, rtpParameters }, answer) => {
		const described = rtpParameters as RtpParameters;
		const { id } = await transportOf('send').produce({ kind, rtpParameters: described });
		own.add(id);
		answer({ id });
	});
	socket.on('consume', async (given, answer) => {
		const rtpCapabilities = given.rtpCapabilities as RtpCapabilities;
		const ids = [...producers].flatMap(([of, sent]) => (of === socket.id ? [] : [...sent]));
		const built = await Promise.all(
			ids.map((producerId) =>
				transportOf('recv').consume({ producerId, rtpCapabilities, paused: true }),
			),
		);
		consumers.push(...built);
		answer(
			built.map(({ id, producerId, kind, rtpParameters }) => ({
				id,
				producerId,
				kind,
				rtpParameters,
			})),
		);
	});
	socket.on('resume', async (_, answer) => {
		await Promise.all(consumers.map((consumer) => consumer.resume()));
		answer({});
	});
	socket.once('disconnect', () => {
		producers.delete(socket.id);
		for (const transport of transports.values()) transport.close();
	});
});

process.on('disconnect', () => process.exit(1));
// mediasoup closes its worker on a signal, and the process would live on.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit());
http.listen(0, '127.0.0.1', () => {
	const address = http.address();
	if (!address || typeof address === 'string') throw new Error('there is no port');
	process.send?.({ url: `http://127.0.0.1:${address.port}`, mediaPort } satisfies BareService);
});
