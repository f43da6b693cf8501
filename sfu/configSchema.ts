import ipaddr from 'ipaddr.js';
import * as v from 'valibot';
import { videoCodec } from '#shared/media.ts';
import { signInRule } from '#shared/account.ts';

const text = (what: string, fallback: string) =>
	v.pipe(v.optional(v.string('must be text'), fallback), v.description(what));
const address = (what: string) =>
	v.pipe(
		v.optional(
			v.union([v.literal(''), v.pipe(v.string(), v.url())], 'must be empty or an address'),
			'',
		),
		v.description(what),
	);
const count = (what: string, fallback: number, min: number, max: number) => {
	const rule = `must be a whole number from ${min} to ${max}`;
	return v.pipe(
		v.optional(
			v.pipe(v.number(rule), v.integer(rule), v.minValue(min, rule), v.maxValue(max, rule)),
			fallback,
		),
		v.description(what),
	);
};

/** An address, or a network as "10.0.0.0/8". */
const isNetwork = (text: string) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text);

/** Every key there is, with its default and what it means. The example and its schema come from here. */
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
			certificate: text(
				'File with the TLS certificate chain (PEM). With http.key: serve HTTPS.',
				'',
			),
			key: text('File with the private key of the certificate (PEM).', ''),
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
					'Which reverse proxies in front are believed about X-Forwarded-For, -Proto and -Host: true for one, a number for so many in a row, or a list of their addresses and networks.',
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
				'The same from one network: a /24 of IPv4, a /56 of IPv6. A school or a company may be one.',
				2000,
				1,
				1_000_000,
			),
			roomsPerAddress: count(
				'How many rooms may be live at a time because somebody from one network was the first to enter them.',
				500,
				1,
				1_000_000,
			),
			connections: count(
				'How many TCP connections browsers and proxies may hold at a time, altogether; 0 means as many as the system leaves descriptors for.',
				0,
				0,
				1_000_000,
			),
			connectionsPerAddress: count(
				'How many of them may come from one network, a /24 of IPv4 or a /56 of IPv6; those of trusted proxies do not count. A school or a company may be one.',
				4000,
				1,
				1_000_000,
			),
			newGuests: count(
				'How many people without a session may come within ten minutes, altogether; accounts.newGuests says how many of one network.',
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
		}),
		{},
	),
	metrics: v.optional(
		v.strictObject({
			port: count(
				'TCP port on which GET /metrics is answered, and nothing else; 0 means none. Let only those who watch the service reach it.',
				0,
				0,
				65535,
			),
			address: text(
				'Address that this port is opened on; empty means every interface.',
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
					'Secret that is asked for at GET /metrics as "Authorization: Bearer …". With it the port of the pages answers there too; without, it does not.',
				),
			),
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
			workers: count('How many media workers; 0 means one for each core.', 0, 0, 128),
			roomsPerWorker: count(
				'How many rooms and halls for strangers a media worker carries at most, lobbies included. Beyond it nobody begins another.',
				500,
				1,
				100_000,
			),
			peersPerWorker: count(
				'How many people a media worker carries at most, in rooms, their lobbies and halls. Each has two transports and sends four streams at most.',
				1000,
				1,
				100_000,
			),
			lobbyPeers: count(
				'How many people may be in the lobby of one room at a time.',
				100,
				1,
				10_000,
			),
			listenAddress: text(
				'Address the media ports are opened on; empty means every address of this machine, IPv4 and IPv6.',
				'',
			),
			announcedAddress: text(
				'Public address or host name that browsers are told to send media to, or an IPv4 and an IPv6 address with a comma between; empty means the addresses of this machine.',
				'',
			),
			videoCodec: v.pipe(
				v.optional(v.picklist(videoCodec.options, 'must be "vp8", "vp9" or "av1"'), 'vp8'),
				v.description(
					'What browsers send videos in: "vp8" costs them least work; "vp9" and "av1" cost less bandwidth and more work. Rooms use VP8 where somebody cannot receive the other.',
				),
			),
			iceServers: v.pipe(
				v.optional(
					v.array(
						v.strictObject({
							urls: v.union(
								[v.string(), v.array(v.string())],
								'must be "stun:…" or "turn:…" addresses',
							),
							username: v.optional(v.string('must be text')),
							credential: v.optional(v.string('must be text')),
						}),
					),
					[],
				),
				v.description(
					'STUN and TURN servers for browsers, as in RTCConfiguration. Parley itself needs none. Those who may come into a room are told.',
				),
			),
			turnSecret: text(
				"Secret that the TURN servers share with this server (coturn's use-auth-secret and static-auth-secret): each person gets credentials of their own, for ten minutes. Empty: the username and credential above.",
				'',
			),
		}),
		{},
	),
	rooms: v.optional(
		v.strictObject({
			maxPeers: count('How many people fit in one room.', 50, 1, 1000),
			graceSeconds: count(
				'How long the place of somebody whose connection was lost is kept.',
				30,
				0,
				600,
			),
			audibleSpeakers: count(
				'How many microphones of a room are heard at a time, of those who speak; 0 means all.',
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
				'After SIGTERM no new calls begin, and those that run may go on for so long; 0 ends them at once.',
				20,
				0,
				86_400,
			),
		}),
		{},
	),
	calls: v.optional(
		v.strictObject({
			ringSeconds: count('How long a call to somebody rings.', 30, 1, 300),
			recordDays: count(
				'For how many days it is kept who was in which call; in rooms that keep their chat for a shorter time, for that time.',
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
				'Folder for what the service keeps: its database, uploaded files, signing secret, and the certificate of --lan.',
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
					'PostgreSQL database to keep the chats in, such as "postgres://user:password@host/name"; empty means SQLite in data.dir.',
				),
			),
		}),
		{},
	),
	files: v.optional(
		v.strictObject({
			maxMegabytes: count(
				'How large a file in the chat may be, in MB of 1024 × 1024 bytes; 0 means that no files are taken.',
				100,
				0,
				10_240,
			),
			roomMegabytes: count(
				'How much the files of one room may take up together, in MB of 1024 × 1024 bytes.',
				2048,
				1,
				1_048_576,
			),
			totalMegabytes: count(
				'How much the files of all rooms may take up together, in MB of 1024 × 1024 bytes; 0 means as much as the disk holds.',
				0,
				0,
				1_073_741_824,
			),
			freeMegabytes: count(
				'How much of the disk of data.dir files leave free, in MB of 1024 × 1024 bytes, so that messages can always be stored.',
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
					'For what people have to sign in: "never", "rooms" (to make new rooms) or "joining" (to do anything at all).',
				),
			),
			administrators: v.pipe(
				v.optional(v.array(v.string('must be user names')), []),
				v.description(
					'User names of those who look after this server. Each name belongs to the first account that has it, for ever; "npm run admin" does without names here.',
				),
			),
			administratorIdleHours: count(
				'How long an administrator stays signed in without opening a page.',
				12,
				1,
				9600,
			),
			idleDays: count(
				'How long everybody else stays who they are without opening a page.',
				180,
				1,
				400,
			),
			newGuests: count(
				'How many people without a session may come from one network (/24 of IPv4, /56 of IPv6) within ten minutes. A school behind one address needs as many as it has devices.',
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
			clientId: text('What the provider knows this server as.', ''),
			clientSecret: text('Its secret there; empty for a public client.', ''),
			name: text('What people know the provider as: the button says "Sign in with …".', ''),
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
					'Secret that your own site signs tokens with to send people into rooms (HS256); at least 32 bytes, empty for none.',
				),
			),
			audience: text(
				'What "aud" of these tokens has to be, such as the address of this server; empty to accept any.',
				'',
			),
			issuer: text('What "iss" of these tokens has to be; empty to accept any.', ''),
			publicKey: text(
				'Instead of a secret: the public key (PEM) of the Ed25519 key that your site signs tokens with (EdDSA).',
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
				v.description('What is logged: "debug", "info", "warn" or "error".'),
			),
		}),
		{},
	),
});
