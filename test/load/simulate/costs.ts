import { anticipatedCameras } from '#sfu/media/peer/wants.ts';

/*
 * What people cost a node. Figures with a source are measured; the others are assumed, and docs/operations/scaling.md says so.
 */

/** Packets that a worker forwards for a second of its CPU: docs/bench/README.md, "Forwarding", Parley, p50. */
const packetsOfCore = 64_390;
/** CPU of Node and the store beside that of the workers: docs/bench/README.md, "Forwarding". */
const besideWorkers = 0.096;
/** CPU of Node for each open page: docs/bench/README.md, "Signalling", 1000 idle sockets. */
const ofPage = 0.021 / 1000;

/** Bits a second that a page gets of cameras: of all, and of one at most. Assumed. */
const cameraBits = { all: 2_500_000, each: 1_500_000 };
/** Bytes of a packet of video, as in the benchmarks. */
const packetBytes = 1_100;
/** Packets a second of a microphone: one each 20 ms. Their bytes are assumed. */
const microphone = { packets: 50, bytes: 100 };

/** What goes to one page, in a room of so many people who all send a camera and a microphone. */
export function streamsTo(peers: number, audible: number) {
	const others = Math.max(0, peers - 1);
	const cameras = Math.min(others, anticipatedCameras);
	const microphones = audible === 0 ? others : Math.min(others, audible);
	return { cameras, microphones };
}

/** Packets a second of so many streams, where a page receives so many cameras. */
export function packetsOf(
	{ cameras, microphones }: { cameras: number; microphones: number },
	camerasOfPage: number,
): number {
	const bits = Math.min(cameraBits.each, cameraBits.all / Math.max(1, camerasOfPage));
	return (cameras * bits) / (8 * packetBytes) + microphones * microphone.packets;
}

/** Bits a second that one page receives. */
export function bitsTo(peers: number, audible: number): number {
	const { cameras, microphones } = streamsTo(peers, audible);
	const ofCameras = Math.min(cameras * cameraBits.each, cameras > 0 ? cameraBits.all : 0);
	return ofCameras + microphones * microphone.packets * microphone.bytes * 8;
}

/** The share of a core that forwarding so many packets a second takes. */
export const coreFor = (packets: number): number => packets / packetsOfCore;

/** The share of a core that Node takes beside workers that use so many cores, with so many pages open. */
export const nodeCore = (workerCores: number, pages: number): number =>
	workerCores * besideWorkers + pages * ofPage;
