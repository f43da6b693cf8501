import { createWorker } from 'mediasoup';
import type { Consumer } from 'mediasoup/types';
import { newRoomId } from '../../../shared/ids.ts';
import { routerCodecs } from '../../../sfu/media/worker/codecs.ts';
import { Cast } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { childrenOf } from '../../support/watched.ts';
import type { Measurement } from '../measurement.ts';
import { percentile } from '../percentiles.ts';
import { serviceOf } from '../processes.ts';
import { ratioOf, ratioWords } from './alternate.ts';
import type { Benchmark } from './benchmark.ts';
import { generous } from './generous.ts';
import { isJanusThere, janusKinds, janusSide } from './janus/janusSide.ts';
import type { Findings, Goal } from './report.ts';
import { rate, Side } from './side.ts';
import { spreadColumns, spreadOf } from './spread.ts';
import { MediaLeg, type Certificate } from '../wire/mediaLeg.ts';
import { benchCertificate } from './wire/benchCertificate.ts';
import { burst, bytes, describedVideo, VideoSender } from './wire/videoSender.ts';
import { enterRoom, publishVideo, watchVideo } from './wire/wirePeer.ts';

async function bareSide(
	measurement: Measurement,
	certificate: Certificate,
	receivers: number,
): Promise<Side> {
	const worker = await createWorker({ logLevel: 'none' });
	measurement.owns('the bare worker', () => worker.close());
	const port = await freePort();
	const webRtcServer = await worker.createWebRtcServer({
		listenInfos: [{ protocol: 'udp', ip: '127.0.0.1', port }],
	});
	const router = await worker.createRouter({ mediaCodecs: routerCodecs('vp8') });
	const consumers: Consumer[] = [];
	const side = new Side('bare', { worker: worker.pid, node: null }, async () => {
		const stats = (await Promise.all(consumers.map((each) => each.getStats()))).flat();
		return stats.reduce(
			(sum, { type, packetCount }) => sum + (type === 'outbound-rtp' ? packetCount : 0),
			0,
		);
	});
	measurement.owns('the legs to it', () => side.close());
	const transportTo = async () => {
		const transport = await router.createWebRtcTransport({ webRtcServer });
		await transport.connect({ dtlsParameters: certificate.dtlsParameters });
		return { transport, leg: new MediaLeg(transport, certificate) };
	};
	const sending = await transportTo();
	side.sender = new VideoSender(sending.leg, await sending.leg.connect());
	const producer = await sending.transport.produce({
		kind: 'video',
		rtpParameters: describedVideo,
	});
	for (let count = 0; count < receivers; count++) {
		const { transport, leg } = await transportTo();
		await side.receiveBy(leg);
		const { rtpCapabilities } = router;
		consumers.push(await transport.consume({ producerId: producer.id, rtpCapabilities }));
	}
	return side;
}

async function parleySide(
	measurement: Measurement,
	certificate: Certificate,
	receivers: number,
): Promise<Side> {
	const service = await serviceOf(measurement, { environment: generous });
	const [worker] = childrenOf(service.pid);
	if (!worker) throw new Error('the service has no worker');
	const cast = new Cast(service);
	measurement.owns('the clients', () => cast.close());
	const side = new Side('Parley', { worker, node: service.pid }, async () =>
		(await service.media()).reduce(
			(sum, { isConsumer, packets }) => sum + (isConsumer ? packets : 0),
			0,
		),
	);
	measurement.owns('the legs to Parley', () => side.close());
	const roomId = newRoomId();
	const publisher = await enterRoom(cast, roomId, certificate, 'Sender');
	const { sender, producerId } = await publishVideo(publisher, certificate);
	side.sender = sender;
	for (let count = 0; count < receivers; count++) {
		const viewer = await enterRoom(cast, roomId, certificate, `Receiver ${count}`);
		await side.receiveBy(new MediaLeg(viewer.lobby.recvTransport, certificate));
		await watchVideo(viewer, producerId);
	}
	return side;
}

/** How many packets Parley forwards for those of each kind of Janus that is there. */
const janusGoals = (parley: Side, others: readonly Side[]): Goal[] =>
	others.map((janus) => {
		const least = janusKinds.find(({ name }) => name === janus.name)?.least ?? Number.NaN;
		const ratio = ratioOf(parley.efficiency, janus.efficiency);
		return {
			what: `Packets for the CPU of the worker, to ${janus.name}`,
			goal: `at least ${least}`,
			seen: ratioWords(ratio),
			isMet: ratio.ratio >= least,
		};
	});

function findingsOf(sides: readonly Side[], receivers: number): Findings {
	const [bare, parley, ...others] = sides;
	if (!bare || !parley) return { runs: 'none', tables: [], plots: [], goals: [], notes: [] };
	const ratio = ratioOf(parley.efficiency, bare.efficiency);
	const beside = percentile(parley.beside, 0.5);
	return {
		runs: `${parley.efficiency.length} turns each, 1 sender and ${receivers} receivers`,
		tables: [
			{
				title: "Packets that were forwarded for each second of the worker's CPU, over the turns",
				columns: ['', 'turns', 'sent', 'forwarded', 'came', ...spreadColumns],
				rows: sides.map(({ name, efficiency, sent, forwarded, came }) => [
					name,
					...[efficiency.length, sent, forwarded, came].map(String),
					...spreadOf(efficiency).map((packets) => (packets * 1000).toFixed(0)),
				]),
			},
		],
		plots: [
			{
				title: "Packets for each second of the worker's CPU",
				x: 'turn',
				y: 'packets',
				lines: sides.map(({ name, efficiency }) => ({
					name,
					points: efficiency.map((value, index) => [index + 1, value * 1000]),
				})),
			},
		],
		goals: [
			{
				what: 'Packets for the CPU of the worker, to bare mediasoup',
				goal: 'at least 0.95',
				seen: ratioWords(ratio),
				isMet: ratio.ratio >= 0.95,
			},
			...janusGoals(parley, others),
			{
				what: 'CPU of Node and store beside that of the worker',
				goal: 'at most 10 %',
				seen: `${(beside * 100).toFixed(1)} %`,
				isMet: beside <= 0.1,
			},
		],
		notes: [
			`Both ends are real WebRTC transports: ICE, DTLS, SRTP with AES-128-GCM; ${rate} packets of ${bytes} bytes a second in bursts of ${burst}, in VP8 of one size. The receivers count packets and send no feedback, so that bandwidth estimation and retransmission are not in the figure.`,
			'Forwarded is what the engine counts as sent; what came is less where the machine is too busy to read it.',
			others.length > 0
				? 'Janus is the one that Debian has, with its video rooms and nothing else. What it forwarded is what came, and all of its CPU counts. Tuned: a few event loops for all, and no queue for what could be asked for again.'
				: 'Janus is not installed here (Debian: apt-get install janus), so that it is left out.',
			`This is far from full load: the CPU includes what a worker does between packets, which is the same for both.`,
		],
	};
}

/** Packets that are forwarded for each second of the worker's CPU, in turns with bare mediasoup, and with Janus where it is installed. */
export const forwarding: Benchmark = {
	title: 'Forwarding: packets for each second of CPU',
	compares: false,
	start({ isSmoke, runs }) {
		const receivers = isSmoke ? 2 : 10;
		const [turns, ms] = isSmoke ? [2, 200] : [runs ?? 10, 4000];
		const sides: Side[] = [];
		return {
			bound: 120 + (turns + 1) * 8 * (ms / 1000) * 2,
			async work(measurement) {
				const certificate = await benchCertificate(measurement);
				sides.push(await bareSide(measurement, certificate, receivers));
				sides.push(await parleySide(measurement, certificate, receivers));
				for (const kind of isJanusThere() ? janusKinds : [])
					sides.push(await janusSide(measurement, certificate, receivers, kind));
				for (let turn = 0; turn <= turns; turn++) {
					for (const side of turn % 2 === 0 ? sides : sides.toReversed()) {
						if (measurement.signal.aborted) return;
						// The first one warms up.
						await side.turn(ms, turn > 0);
					}
				}
			},
			findings: () => findingsOf(sides, receivers),
		};
	},
};
