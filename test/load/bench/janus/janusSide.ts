import { existsSync } from 'node:fs';
import type { Measurement } from '../../measurement.ts';
import { Side } from '../side.ts';
import { MediaLeg, type Certificate, type Remote } from '../../wire/mediaLeg.ts';
import { ownIce } from '../../wire/stun.ts';
import { describedVideo, VideoSender } from '../wire/videoSender.ts';
import { Janus, janusProgram, type JanusSettings } from './janus.ts';

type JanusKind = {
	name: string;
	/** How many times as many packets Parley is to forward for the same CPU. */
	least: number;
	settings: JanusSettings;
};

export const janusKinds: readonly JanusKind[] = [
	{ name: 'Janus', least: 1.3, settings: { general: '', media: '' } },
	{
		name: 'Janus, tuned',
		least: 1,
		settings: { general: 'event_loops = 1', media: 'min_nack_queue = 0' },
	},
];

export const isJanusThere = (): boolean => existsSync(janusProgram);

const room = 1;

/** The description of a leg that sends or receives one video, as its own end tells it. */
function described(
	{ dtlsParameters }: Certificate,
	{ direction, mid, payloadType }: { direction: string; mid: string; payloadType: number },
): string {
	const [fingerprint] = dtlsParameters.fingerprints;
	const ssrc = describedVideo.encodings?.[0]?.ssrc;
	return [
		...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', `a=group:BUNDLE ${mid}`],
		...[`m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}`, 'c=IN IP4 0.0.0.0', `a=mid:${mid}`],
		...[`a=ice-ufrag:${ownIce.usernameFragment}`, `a=ice-pwd:${ownIce.password}`, 'a=setup:active'],
		`a=fingerprint:${fingerprint?.algorithm} ${fingerprint?.value}`,
		// Where the leg really is, Janus learns from its checks: without any candidate it would not listen.
		'a=candidate:1 1 udp 2113937151 127.0.0.1 9 typ host',
		...[`a=${direction}`, 'a=rtcp-mux', `a=rtpmap:${payloadType} VP8/90000`],
		...[`a=rtcp-fb:${payloadType} nack`, `a=rtcp-fb:${payloadType} nack pli`],
		...(direction === 'sendonly' ? [`a=ssrc:${ssrc} cname:bench`] : []),
		'',
	].join('\r\n');
}

/** What Janus describes of its end. @throws {Error} where something is missing. */
function remoteOf(sdp: string): Remote & { mid: string; payloadType: number } {
	const found = (line: RegExp): string => {
		const value = line.exec(sdp)?.[1];
		if (value === undefined) throw new Error(`Janus describes no ${line.source}`);
		return value.trim();
	};
	const candidates = sdp.matchAll(/^a=candidate:\S+ 1 (\S+) \d+ ([\d.]+) (\d+) typ host/gm);
	return {
		iceParameters: {
			usernameFragment: found(/^a=ice-ufrag:(.*)$/m),
			password: found(/^a=ice-pwd:(.*)$/m),
		},
		iceCandidates: [...candidates].map(([, protocol = '', address = '', port]) => ({
			...{ protocol: protocol.toLowerCase(), address },
			port: Number(port),
		})),
		mid: found(/^a=mid:(.*)$/m),
		payloadType: Number(found(/^m=video \d+ \S+ (\d+)/m)),
	};
}

/** One who sends and some who receive, in a video room of a Janus of its own. */
export async function janusSide(
	measurement: Measurement,
	certificate: Certificate,
	receivers: number,
	{ name, settings }: JanusKind,
): Promise<Side> {
	const janus = await Janus.start(measurement, settings);
	const side: Side = new Side(name, { worker: janus.pid, node: null }, async () => side.received);
	measurement.owns(`the legs to ${name}`, () => side.close());
	const publisher = await janus.attach();
	const bitrate = 100_000_000;
	const created = { request: 'create', room, publishers: 1, videocodec: 'vp8', bitrate };
	await janus.message(publisher, created);
	const { plugindata } = await janus.message(publisher, {
		...{ request: 'join', ptype: 'publisher', room },
	});
	const feed = plugindata?.data['id'];
	const sdp = described(certificate, { direction: 'sendonly', mid: '0', payloadType: 96 });
	const offer = { type: 'offer', sdp } as const;
	const answered = await janus.message(publisher, { request: 'publish' }, offer);
	const sending = new MediaLeg(remoteOf(answered.jsep?.sdp ?? ''), certificate);
	const up = janus.up(publisher);
	side.sender = new VideoSender(sending, await sending.connect());
	await up;
	for (let count = 0; count < receivers; count++) {
		const handle = await janus.attach();
		const offered = await janus.message(handle, {
			...{ request: 'join', ptype: 'subscriber', room },
			streams: [{ feed }],
		});
		const remote = remoteOf(offered.jsep?.sdp ?? '');
		const answer = described(certificate, { direction: 'recvonly', ...remote });
		await janus.message(handle, { request: 'start', room }, { type: 'answer', sdp: answer });
		await side.receiveBy(new MediaLeg(remote, certificate));
	}
	return side;
}
