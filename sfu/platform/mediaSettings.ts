import { isIP } from 'node:net';
import * as v from 'valibot';
import { videoCodec } from '#shared/media.ts';
import { announcedAddresses } from './announcedAddresses.ts';
import { iceServers, turn } from './iceServers.ts';
import { count } from './settingKinds.ts';

/** The section `media`. */
export const media = v.strictObject({
	port: count(
		'First media port, UDP and TCP. Each worker takes one: with 4 workers, 40000 to 40003.',
		40000,
		1,
		65535,
	),
	pagesPort: v.pipe(
		count(
			'TCP port at which browsers reach this service itself for its pages, such as 443. Media is also received there, for people whose networks let nothing else through; 0 means no. It does not work through a proxy that ends TLS.',
			0,
			0,
			65535,
		),
		v.check(
			(port) => [0, 80, 443].includes(port) || port >= 1024,
			'must be 0, 80, 443 or above 1023: browsers take media from no other port',
		),
	),
	workers: count('How many media workers; 0 means one for each core.', 0, 0, 128),
	roomsPerWorker: count(
		'How many rooms and pairing pools a media worker carries at most, lobbies included. Beyond that, no new one begins.',
		500,
		1,
		100_000,
	),
	peersPerWorker: count(
		'How many people a media worker carries at most, in rooms, lobbies and pairing pools. Each person has two transports and sends at most four streams.',
		1000,
		1,
		100_000,
	),
	consumersPerRouter: count(
		'How many streams the media worker of a room forwards to people in it at a time. Beyond that, the room grows onto another worker of this machine.',
		500,
		1,
		100_000,
	),
	cpuPerWorker: count(
		'Share of a core, in percent, that a media worker uses before its larger rooms grow onto another worker.',
		75,
		1,
		100,
	),
	lobbyPeers: count('How many people may be in the lobby of one room at a time.', 100, 1, 10_000),
	listenAddress: v.pipe(
		v.optional(
			v.pipe(
				v.string('must be text'),
				v.check((text) => text === '' || isIP(text) > 0, 'must be empty or an IP address'),
			),
			'',
		),
		v.description(
			'IP address to listen on with the media ports; empty means every address of this machine, IPv4 and IPv6.',
		),
	),
	announcedAddress: announcedAddresses,
	videoCodec: v.pipe(
		v.optional(v.picklist(videoCodec.options, 'must be "vp8", "vp9" or "av1"'), 'vp8'),
		v.description(
			'Codec in which browsers send videos: "vp8" needs the least CPU; "vp9" and "av1" need less bandwidth and more CPU. A room uses VP8 if a person in it cannot receive this codec.',
		),
	),
	iceServers,
	turn,
});
