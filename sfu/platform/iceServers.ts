import * as v from 'valibot';

const turnUrl =
	/^turns?:(?:\[[\da-f:.]+\]|[^\s:/?[\]]+)(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?$/i;
const isTurn = (url: string) => /^turns?:/i.test(url);

/** The setting `media.iceServers`. Browsers build no connection at all when a TURN server comes without credentials. */
export const iceServers = v.pipe(
	v.optional(
		v.array(
			v.pipe(
				v.strictObject({
					urls: v.union(
						[v.string(), v.array(v.string())],
						'must be "stun:…" or "turn:…" addresses',
					),
					username: v.optional(v.string('must be text')),
					credential: v.optional(v.string('must be text')),
				}),
				v.check(
					({ urls, username, credential }) =>
						![urls].flat().some(isTurn) || Boolean(username && credential),
					'has a TURN server without username and credential: name it in media.turn.urls if it shares a secret with this server',
				),
			),
		),
		[],
	),
	v.description(
		'STUN servers for browsers, and TURN servers with fixed credentials, as in RTCConfiguration. Parley itself needs none. Only people who may come into a room are told them.',
	),
);

/** The setting `media.turn`. */
export const turn = v.pipe(
	v.optional(
		v.pipe(
			v.strictObject({
				urls: v.optional(
					v.array(
						v.pipe(
							v.string('must be text'),
							v.regex(
								turnUrl,
								'must be an address like "turn:turn.example.org" or "turns:turn.example.org:443?transport=tcp"',
							),
						),
					),
					[],
				),
				secret: v.optional(v.string('must be text'), ''),
			}),
			v.check(
				({ urls, secret }) => urls.length > 0 === (secret !== ''),
				'needs both: the urls of the TURN servers, and the secret that they share with this server',
			),
		),
		{},
	),
	v.description(
		"TURN servers that relay the media of people whose network blocks this server's media ports: their urls, and the secret that they share with this server (coturn's static-auth-secret). Each person gets credentials of their own, valid for ten minutes.",
	),
);
