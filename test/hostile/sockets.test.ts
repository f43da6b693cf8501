import fc from 'fast-check';
import { afterAll, beforeAll } from 'vitest';
import { requests } from '../../shared/protocol.ts';
import {
	cookieFrom,
	frame,
	requestBytes,
	upgrade,
	Wire,
	type FrameFaults,
	type Header,
} from '../support/wire.ts';
import { oddValue, repeated, written, type Repeated } from './odd.ts';
import { underAttack } from './run.ts';
import { Target } from './target.ts';

const target = new Target();
beforeAll(() => target.ready());
afterAll(() => target.close());

/** What stands in the place of the data. */
type Payload =
	| { json: unknown }
	| { text: string }
	/** An event whose data is nested so deep. */
	| { event: string; opens: string; deep: number }
	| { event: string; long: Repeated };

/** A packet of Socket.IO within one of Engine.IO, from its parts; none of them need fit the others. */
type Packet = {
	engine: string;
	type: string;
	attachments: string;
	namespace: string;
	id: string;
	payload: Payload;
};

const names = Object.keys(requests);
const eventName = fc.oneof(
	{ weight: 4, arbitrary: fc.constantFrom(...names) },
	{
		weight: 1,
		arbitrary: fc.constantFrom(
			...['', ':', 'lobby', 'lobby:', 'room:join:more', '__proto__', 'constructor', 'toString'],
			...['connect', 'connect_error', 'disconnect', 'disconnecting', 'error', 'newListener', '*'],
		),
	},
);
/** Keys of the requests, with what fits them and what does not. */
const data = fc.oneof(
	oddValue,
	fc.dictionary(
		fc.constantFrom(
			...['roomId', 'chat', 'name', 'wants', 'rtpParameters', 'rtpCapabilities', 'firstPage'],
			...['draft', 'messageId', 'from', 'personId', 'ringId', 'matchId', 'dtlsParameters', 'query'],
		),
		fc.oneof(
			oddValue,
			fc.constant<unknown>({ roomId: 'a-room' }),
			fc.constant<unknown>('a-room'),
			fc.constant<unknown>({ _placeholder: true, num: 0 }),
			fc.constant<unknown>({ _placeholder: true, num: 'x' }),
		),
		{ maxKeys: 5 },
	),
);
const calls: fc.Arbitrary<Payload> = fc.oneof(
	{
		weight: 6,
		arbitrary: fc
			.tuple(
				fc.oneof({ weight: 6, arbitrary: eventName }, { weight: 1, arbitrary: oddValue }),
				data,
				fc.array(oddValue, { maxLength: 2 }),
			)
			.map(([name, first, rest]) => ({ json: [name, first, ...rest] })),
	},
	{
		weight: 1,
		arbitrary: fc.record({
			event: eventName,
			opens: fc.constantFrom('[', '{"a":', '{"roomId":[', '[[],'),
			deep: fc.constantFrom(10, 1_000, 5_000, 10_000, 100_000),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({ event: eventName, long: repeated(70_000, ['a', '.', '\\u0000', 'é']) }),
	},
);
const payload: fc.Arbitrary<Payload> = fc.oneof(
	calls,
	oddValue.map((json) => ({ json })),
	fc.constantFrom('', '[', '["lobby:enter",{"roomId":', '{', '[]]', '"').map((text) => ({ text })),
);
/** A packet whose envelope is in order; what is wrong is in it. */
const event = (payload: fc.Arbitrary<Payload>): fc.Arbitrary<Packet> =>
	fc.record({
		engine: fc.constant('4'),
		type: fc.constant('2'),
		attachments: fc.constant(''),
		namespace: fc.constant(''),
		id: fc.nat({ max: 9 }).map(String),
		payload,
	});
/** One after which the service hangs up, most of the time. */
const bent: fc.Arbitrary<Packet> = fc.record({
	engine: fc.constantFrom('4', '4', '4', '4', '', '0', '1', '2', '3', '5', '6', '7', 'b', 'x'),
	type: fc.constantFrom('2', '2', '2', '5', '5', '6', '0', '1', '3', '4', '7', '', 'x', '-1'),
	attachments: fc.constantFrom('', '', '0-', '1-', '2-', '-', '1', '1e9-', '99999999999-', '-1-'),
	namespace: fc.constantFrom('', '', '/,', '/x,', '/x?token=1,', '/', `/${'n'.repeat(2_000)},`),
	id: fc.constantFrom('', '1', '-1', '1.5', '99999999999999999999', '9'.repeat(400)),
	payload,
});

function encode({ engine, type, attachments, namespace, id, payload }: Packet): string {
	const head = `${engine}${type}${attachments}${namespace}${id}`;
	if ('json' in payload) return head + JSON.stringify(payload.json);
	if ('text' in payload) return head + payload.text;
	const name = JSON.stringify(payload.event);
	if ('long' in payload) return `${head}[${name},{"roomId":"${written(payload.long)}"}]`;
	const closes = [...payload.opens]
		.reverse()
		.map((open) => ({ '[': ']', '{': '}' })[open] ?? '')
		.join('')
		// What was opened and closed within the unit.
		.replace(payload.opens.includes('[]') ? ']' : '', '');
	const inner = payload.opens.endsWith(',') || payload.opens.endsWith(':') ? '0' : '';
	return `${head}[${name},${payload.opens.repeat(payload.deep)}${inner}${closes.repeat(payload.deep)}]`;
}

/** What one attacker says, and how they leave. */
type Session = {
	/** As whom: nobody, a guest, or somebody in the room of a bystander. */
	as: 'nobody' | 'guest' | 'member';
	says: ({ packet: Packet } | { bytes: number[] })[];
	leaves: 'close' | 'reset' | 'disconnect';
};

const session: fc.Arbitrary<Session> = fc.record({
	as: fc.constantFrom('nobody', 'guest', 'member'),
	says: fc.array(
		fc.oneof(
			{ weight: 12, arbitrary: event(calls).map((packet) => ({ packet })) },
			{ weight: 2, arbitrary: bent.map((packet) => ({ packet })) },
			{
				weight: 1,
				arbitrary: fc.array(fc.nat({ max: 255 }), { maxLength: 8 }).map((bytes) => ({ bytes })),
			},
		),
		{ minLength: 1, maxLength: 12 },
	),
	leaves: fc.constantFrom('close', 'reset', 'disconnect'),
});

const text = { opcode: 1 };
const binary = { opcode: 2 };
/** How the service begins to close a WebSocket. */
const hangsUp = '\x88';

/** A connection that speaks Socket.IO as this attacker, or null where the service took none. */
async function connectAs(as: Session['as'], index: number): Promise<Wire | null> {
	const from = target.from(index);
	const cookie = as === 'nobody' ? '' : await cookieFrom(target.url, from);
	const wire = await Wire.open(target.url, from);
	const headers: Header[] = cookie ? [['Cookie', cookie]] : [];
	if (!(await upgrade(wire, target.url, 'EIO=4&transport=websocket', headers))) {
		wire.reset();
		return null;
	}
	wire.send(frame('40', text));
	await wire.until((heard) => /4[04]\{"/.test(heard), 2_000);
	if (as !== 'member') return wire;
	const { roomId } = target;
	const join = { roomId, name: 'Attacker', rtpCapabilities: {}, firstPage: noPage };
	wire.send(frame(`42100${JSON.stringify(['lobby:enter', { roomId }])}`, text));
	wire.send(frame(`42101${JSON.stringify(['room:join', join])}`, text));
	await wire.until((heard) => heard.includes('43101['), 2_000);
	return wire;
}
const noPage = { videos: 0, width: 0, height: 0 };

async function carryOut({ as, says, leaves }: Session, index: number): Promise<void> {
	const wire = await connectAs(as, index);
	if (!wire) return;
	for (const said of says) {
		if ('packet' in said) wire.send(frame(encode(said.packet), text));
		else wire.send(frame(Buffer.from(said.bytes), binary));
	}
	// Until what was said has been taken in: the answer to a ping of WebSocket comes behind it.
	wire.send(frame('over', { opcode: 9 }));
	await wire.until((heard) => heard.includes('over') || heard.includes(hangsUp), 2_000);
	if (leaves === 'disconnect') wire.send(frame('41', text));
	if (leaves === 'reset') wire.reset();
	else wire.close();
}

underAttack(
	'packets',
	'A-C1, A-L16: no packet of Socket.IO harms the service, its workers, or anybody else',
	session,
	(batch) =>
		target.survives(async () => {
			await Promise.all(batch.map(carryOut));
		}),
	() => target.settles(),
);

/** An exchange below Socket.IO: handshakes, polls, frames that are none. */
type Exchange = {
	query: string;
	cookie: boolean;
	way:
		| { frames: (FrameFaults & { content: string })[] }
		| { polls: { method: string; sid: 'own' | 'wrong' | 'none'; body: string }[] }
		/** A session that is polled, whose WebSocket is asked for and then not used as it should be. */
		| { probes: string[]; polled: number };
};

const query = fc.oneof(
	{ weight: 3, arbitrary: fc.constant('EIO=4&transport=') },
	{
		weight: 1,
		arbitrary: fc.constantFrom(
			...['EIO=3&transport=', 'EIO=&transport=', 'EIO=4&EIO=3&transport=', 'EIO=4&j=0&transport='],
			...['EIO=4&j=x&transport=', 'EIO=4&b64=1&transport=', 'transport=', 'EIO=4&transport[]='],
			...['EIO=4&t=%00&transport=', 'EIO=4&transport=polling&transport=', '%&transport='],
		),
	},
);
const content = fc.oneof(
	fc.constantFrom(
		'',
		'2',
		'2probe',
		'5',
		'6',
		'40',
		'4',
		'41',
		'0{}',
		'42["x"]',
		'b!!',
		'bAAAA',
		'\u001e',
	),
	fc.string({ maxLength: 12 }),
);
const exchange: fc.Arbitrary<Exchange> = fc.record({
	query,
	cookie: fc.boolean(),
	way: fc.oneof(
		fc.record({
			frames: fc.array(
				fc.record({
					content,
					opcode: fc.nat({ max: 15 }),
					final: fc.boolean(),
					masked: fc.oneof(fc.constant(true), fc.boolean()),
					reserved: fc.oneof(fc.constant(0), fc.nat({ max: 7 })),
					told: fc.option(fc.constantFrom(0, 1, 125, 126, 65_536, 2_000_000, 2 ** 40), {
						nil: undefined,
					}),
				}),
				{ maxLength: 6 },
			),
		}),
		fc.record({
			polls: fc.array(
				fc.record({
					method: fc.constantFrom('GET', 'POST', 'POST', 'PUT', 'OPTIONS', 'DELETE', 'HEAD'),
					sid: fc.constantFrom('own', 'own', 'wrong', 'none'),
					body: fc.oneof(
						content,
						fc.constantFrom(
							'd=40',
							'd=%',
							'1:4',
							'9:4',
							'40\u001e42["x"]\u001e',
							'\u001e'.repeat(9_000),
						),
					),
				}),
				{ maxLength: 6 },
			),
		}),
		fc.record({ probes: fc.array(content, { maxLength: 4 }), polled: fc.nat({ max: 3 }) }),
	),
});

async function exchangeAs({ query, cookie, way }: Exchange, index: number): Promise<void> {
	const from = target.from(index);
	const headers: Header[] = [['Host', new URL(target.url).host]];
	if (cookie) headers.push(['Cookie', await cookieFrom(target.url, from)]);
	if ('frames' in way) {
		const wire = await Wire.open(target.url, from);
		await upgrade(wire, target.url, `${query}websocket`, headers.slice(1));
		for (const { content, ...faults } of way.frames) wire.send(frame(content, faults));
		await wire.until(() => false, 30);
		wire.reset();
		return;
	}
	const wires: Wire[] = [];
	const ask = async (method: string, path: string, body: string, ms: number) => {
		const wire = await Wire.open(target.url, from);
		wires.push(wire);
		const length: Header[] = body ? [['Content-Length', `${Buffer.byteLength(body)}`]] : [];
		wire.send(requestBytes(method, path, [...headers, ...length], body));
		await wire.until((heard) => heard.includes('\r\n\r\n'), ms);
		return wire.heard;
	};
	const base = `/socket.io/?${query}polling`;
	const sid = /"sid":"([^"]+)"/.exec(await ask('GET', base, '', 1_000))?.[1] ?? 'none';
	if ('polls' in way) {
		const sids = { own: `&sid=${sid}`, wrong: '&sid=wrong', none: '' };
		for (const poll of way.polls) await ask(poll.method, base + sids[poll.sid], poll.body, 100);
	} else {
		const wire = await Wire.open(target.url, from);
		wires.push(wire);
		await upgrade(wire, target.url, `${query}websocket&sid=${sid}`, headers.slice(1));
		for (const probe of way.probes) wire.send(frame(probe, text));
		for (let poll = 0; poll < way.polled; poll++) void ask('GET', `${base}&sid=${sid}`, '', 50);
		await wire.until(() => false, 60);
	}
	for (const wire of wires) wire.reset();
}

underAttack(
	'handshakes',
	'no handshake, poll or frame of Engine.IO harms the service, its workers, or anybody else',
	exchange,
	(batch) =>
		target.survives(async () => {
			await Promise.all(batch.map(exchangeAs));
		}),
	() => target.settles(),
);
