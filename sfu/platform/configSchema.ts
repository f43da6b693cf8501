import { isIP } from 'node:net';
import * as v from 'valibot';
import { videoCodec } from '#shared/media.ts';
import { signInRule } from '#shared/account.ts';
import { acme } from './acmeSettings.ts';
import { announcedAddresses } from './announcedAddresses.ts';
import { iceServers, turn } from './iceServers.ts';
import { node, redis } from './nodeSettings.ts';
import { push } from './pushSettings.ts';
import { s3 } from './s3Settings.ts';
import {
	address,
	count,
	fitting,
	httpAddress,
	isNetwork,
	pageAddress,
	text,
} from './settingKinds.ts';

/** Every setting with its default and description. The example file and its JSON schema are generated from it. */
export const configSchema = v.strictObject({
	http: v.optional(
		v.strictObject({
			port: count(
				'TCP port of the pages and the signalling; 0 lets the system choose.',
				3000,
				0,
				65535,
			),
			address: text('Address to listen on; empty means every interface.', ''),
			basePath: fitting(
				'Path of the host below which everything is, such as "/meet"; empty means the root of the host. A reverse proxy in front passes it on as it is.',
				(text) => /^(?:\/[a-z0-9][a-z0-9_-]*)*$/i.test(text),
				'must be empty, or a path such as "/meet": it begins with a slash, ends without one, and has letters, digits, hyphens and underscores',
			),
			certificate: text(
				'File with the TLS certificate chain (PEM). With http.key: serve HTTPS.',
				'',
			),
			key: text('File with the private key of the certificate (PEM).', ''),
			acme: v.optional(acme, {}),
			origins: v.pipe(
				v.optional(
					v.array(
						v.pipe(v.string('must be text'), v.url('must be origins like "https://example.org"')),
					),
					[],
				),
				v.description(
					'Other origins whose pages may open a socket, such as "https://example.org".',
				),
			),
			trustProxy: v.pipe(
				v.optional(
					v.union(
						[
							v.boolean(),
							v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(16)),
							v.array(v.pipe(v.string(), v.check(isNetwork))),
						],
						'must be true, false, a number of proxies from 0 to 16, or a list of addresses and networks such as "10.0.0.0/8"',
					),
					false,
				),
				v.description(
					'Which reverse proxies are trusted to set X-Forwarded-For, -Proto and -Host: true for one proxy, a number for that many in a row, or a list of their addresses and networks.',
				),
			),
		}),
		{},
	),
	limits: v.optional(
		v.strictObject({
			sockets: count(
				'How many pages may be connected at a time, altogether.',
				20_000,
				1,
				1_000_000,
			),
			socketsPerAddress: count(
				'How many pages may be connected from one network: a /24 of IPv4, a /56 of IPv6. A school or a company may be one network.',
				2000,
				1,
				1_000_000,
			),
			roomsPerAddress: count(
				'How many live rooms the people of one network may have entered first.',
				500,
				1,
				1_000_000,
			),
			connections: count(
				'How many TCP connections browsers and proxies may hold at a time, altogether; 0 means as many as the system has file descriptors for.',
				0,
				0,
				1_000_000,
			),
			connectionsPerAddress: count(
				'How many of these connections may come from one network, a /24 of IPv4 or a /56 of IPv6. Connections of trusted proxies do not count. A school or a company may be one network.',
				4000,
				1,
				1_000_000,
			),
			newGuests: count(
				'How many people without a session may come within ten minutes, altogether. accounts.newGuests bounds the people of one network.',
				200_000,
				1,
				10_000_000,
			),
			requestsPerAddress: count(
				'How many HTTP requests without a session may come from one network in a minute.',
				6000,
				1,
				1_000_000,
			),
			workPerAddress: count(
				'How much work the service does for one network in a second, in points: half of one for a piece of media over the port of the pages, 1 for a file of the pages or a message over a socket, 3 for a connection, 4 for another request, 20 for one that may change something, 24 for a WebSocket, 50 to enter a lobby. Work beyond that waits. 3000 points take about a fifth of a core. A school or a company may be one network.',
				3000,
				100,
				10_000_000,
			),
		}),
		{},
	),
	metrics: v.optional(
		v.strictObject({
			port: count(
				'TCP port that serves only GET /metrics; 0 means none. Let only the monitoring reach it.',
				0,
				0,
				65535,
			),
			address: text(
				'Address to listen on with this port; empty means every interface.',
				'127.0.0.1',
			),
			token: v.pipe(
				v.optional(
					v.pipe(
						v.string('must be text'),
						v.regex(
							/^(?:[\x21-\x7e]{16,})?$/,
							'must be empty, or at least 16 letters, digits or signs without blanks',
						),
					),
					'',
				),
				v.description(
					'Secret that GET /metrics requires as "Authorization: Bearer …". With it, the port of the pages serves the metrics too.',
				),
			),
			clientReports: v.pipe(
				v.optional(v.boolean('must be true or false'), true),
				v.description(
					'Whether pages in a call report loss, round trip, freezes and the time to the first picture once a minute. The metrics hold sums, without people or rooms.',
				),
			),
		}),
		{},
	),
	tracing: v.optional(
		v.strictObject({
			endpoint: httpAddress(
				'Where OpenTelemetry takes traces (OTLP over HTTP, without /v1/traces), such as "http://localhost:4318"; empty for none.',
			),
			serviceName: v.pipe(
				v.optional(v.pipe(v.string('must be text'), v.nonEmpty('must not be empty')), 'parley'),
				v.description('What the traces call this service.'),
			),
			percent: count('How many of 100 requests are traced.', 100, 1, 100),
		}),
		{},
	),
	media: v.optional(
		v.strictObject({
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
			lobbyPeers: count(
				'How many people may be in the lobby of one room at a time.',
				100,
				1,
				10_000,
			),
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
		}),
		{},
	),
	rooms: v.optional(
		v.strictObject({
			maxPeers: count('How many people fit in one room.', 50, 1, 1000),
			graceSeconds: count(
				'How long the place of a person whose connection was lost is kept.',
				30,
				0,
				600,
			),
			audibleSpeakers: count(
				'How many speaking microphones of a room are heard at a time; 0 means all.',
				8,
				0,
				1000,
			),
		}),
		{},
	),
	drain: v.optional(
		v.strictObject({
			seconds: count(
				'After SIGTERM no new calls begin, and running calls may go on for this long; 0 ends them at once.',
				20,
				0,
				86_400,
			),
		}),
		{},
	),
	calls: v.optional(
		v.strictObject({
			ringSeconds: count('How long a call to a person rings.', 30, 1, 300),
			recordDays: count(
				'How many days the service stores who was in which call. A room that keeps its chat for a shorter time stores it for that time.',
				365,
				1,
				3650,
			),
		}),
		{},
	),
	data: v.optional(
		v.strictObject({
			dir: text(
				'Folder for the data of the service: its database, uploaded files, signing secret, and the certificate of --lan.',
				'./data',
			),
			databaseUrl: v.pipe(
				v.optional(
					v.pipe(
						v.string('must be text'),
						v.regex(/^(?:postgres(?:ql)?:\/\/\S+)?$/, 'must be empty or begin with postgres://'),
					),
					'',
				),
				v.description(
					'PostgreSQL database to use, such as "postgres://user:password@host/name"; empty means SQLite in data.dir.',
				),
			),
		}),
		{},
	),
	push: v.optional(push, {}),
	redis: v.optional(redis, {}),
	node: v.optional(node, {}),
	files: v.optional(
		v.strictObject({
			dir: text(
				'Folder for uploaded files; empty means data.dir. Several nodes need a folder that all of them see, on a network drive for instance, or files.s3.',
				'',
			),
			s3,
			maxMegabytes: count(
				'How large a file in the chat may be, in MB of 1024 × 1024 bytes; 0 means that no files are accepted.',
				100,
				0,
				10_240,
			),
			roomMegabytes: count(
				'How much space the files of one room may take together, in MB of 1024 × 1024 bytes.',
				2048,
				1,
				1_048_576,
			),
			totalMegabytes: count(
				'How much space the files of all rooms may take together, in MB of 1024 × 1024 bytes; 0 means as much as the disk holds.',
				0,
				0,
				1_073_741_824,
			),
			freeMegabytes: count(
				'How much space of the disk of data.dir stays free of files, in MB of 1024 × 1024 bytes, so that messages can always be stored. With files.s3 it does not count.',
				512,
				0,
				1_073_741_824,
			),
		}),
		{},
	),
	accounts: v.optional(
		v.strictObject({
			required: v.pipe(
				v.optional(signInRule, 'never'),
				v.description(
					'When people have to sign in: "never", "rooms" (to make new rooms) or "joining" (to do anything at all).',
				),
			),
			administrators: v.pipe(
				v.optional(v.array(v.string('must be user names')), []),
				v.description(
					'User names of the administrators. Each name belongs for good to the first account that has it. "npm run admin" appoints administrators without names here.',
				),
			),
			administratorIdleHours: count(
				'How many hours an administrator stays signed in without opening a page.',
				12,
				1,
				9600,
			),
			idleDays: count(
				'How many days everybody else stays signed in without opening a page.',
				180,
				1,
				400,
			),
			newGuests: count(
				'How many people without a session may come from one network (/24 of IPv4, /56 of IPv6) within ten minutes. A school behind one address needs one for each of its devices.',
				3000,
				1,
				1_000_000,
			),
		}),
		{},
	),
	oidc: v.optional(
		v.strictObject({
			issuer: address(
				'OpenID Connect provider to sign in with, such as "https://id.example.org"; empty for none. Register <this server>/api/account/oidc/callback there.',
			),
			clientId: text('The id of this server at the provider.', ''),
			clientSecret: text(
				'The secret of this server at the provider; empty for a public client.',
				'',
			),
			name: text('Name of the provider on the button "Sign in with …".', ''),
		}),
		{},
	),
	embed: v.optional(
		v.strictObject({
			secret: v.pipe(
				v.optional(
					v.pipe(
						v.string('must be text'),
						v.check(
							(secret) => secret === '' || Buffer.byteLength(secret) >= 32,
							'must be empty or at least 32 bytes long',
						),
					),
					'',
				),
				v.description(
					'Secret with which your own site signs tokens that send people into rooms (HS256); at least 32 bytes, empty for none.',
				),
			),
			audience: text(
				'The required "aud" of these tokens, such as the address of this server; empty to accept any.',
				'',
			),
			issuer: text('The required "iss" of these tokens; empty to accept any.', ''),
			publicKey: text(
				'Instead of a secret: the public half (PEM) of the Ed25519 key with which your site signs tokens (EdDSA).',
				'',
			),
			frameAncestors: v.pipe(
				v.optional(
					v.array(
						v.pipe(v.string('must be text'), v.url('must be origins like "https://example.org"')),
					),
					[],
				),
				v.description(
					'Sites that may show rooms within their own pages, such as "https://example.org".',
				),
			),
		}),
		{},
	),
	site: v.optional(
		v.strictObject({
			privacyUrl: pageAddress(
				'Your privacy notice, which the first page links to: an https address or a path of this origin; empty for none.',
			),
			imprintUrl: pageAddress(
				'Your imprint, which the first page links to: an https address or a path of this origin; empty for none.',
			),
		}),
		{},
	),
	log: v.optional(
		v.strictObject({
			level: v.pipe(
				v.optional(
					v.picklist(
						['debug', 'info', 'warn', 'error'],
						'must be "debug", "info", "warn" or "error"',
					),
					'info',
				),
				v.description('The lowest level that is logged: "debug", "info", "warn" or "error".'),
			),
		}),
		{},
	),
});
