import * as v from 'valibot';
import { acme } from './acmeSettings.ts';
import { count, fitting, isNetwork, pageAddress, text } from './settingKinds.ts';

/** The section `http`. */
export const http = v.strictObject({
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
	certificate: text('File with the TLS certificate chain (PEM). With http.key: serve HTTPS.', ''),
	key: text('File with the private key of the certificate (PEM).', ''),
	acme: v.optional(acme, {}),
	origins: v.pipe(
		v.optional(
			v.array(
				v.pipe(v.string('must be text'), v.url('must be origins like "https://example.org"')),
			),
			[],
		),
		v.description('Other origins whose pages may open a socket, such as "https://example.org".'),
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
});

/** The section `limits`. */
export const limits = v.strictObject({
	sockets: count('How many pages may be connected at a time, altogether.', 20_000, 1, 1_000_000),
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
});

/** The section `site`. */
export const site = v.strictObject({
	privacyUrl: pageAddress(
		'Your privacy notice, which the first page links to: an https address or a path of this origin; empty for none.',
	),
	imprintUrl: pageAddress(
		'Your imprint, which the first page links to: an https address or a path of this origin; empty for none.',
	),
});
