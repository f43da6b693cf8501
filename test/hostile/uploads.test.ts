import fc from 'fast-check';
import { afterAll, beforeAll } from 'vitest';
import { newFileId } from '../../shared/ids.ts';
import { askOnce, cookieFrom, requestBytes, Wire, type Header } from '../support/wire.ts';
import { repeated, written, type Repeated } from './odd.ts';
import { underAttack } from './run.ts';
import { Target } from './target.ts';

const target = new Target();
beforeAll(() => target.ready());
afterAll(() => target.close());

/** How many people upload in one batch; each is a member of a room of the attackers. */
const people = 3;
const roomId = 'the-attackers-room';

/** What of a request is not as it should be. */
type Oddity =
	| { name: Repeated }
	| { metadata: string }
	| { length: string }
	| { offset: string }
	| { type: string }
	| { header: Header }
	/** Other bytes than were told. */
	| { body: number }
	| { breaksOff: true };

type Step = {
	as: number;
	/** `whole` creates an upload and sends all of it; `create` sends nothing of it yet. */
	ask: 'whole' | 'create' | 'patch' | 'head' | 'delete' | 'get' | 'options';
	/** Which of the uploads of this batch, counted from the last one; one that never was where there are not so many. */
	upload: number;
	odd: Oddity[];
};

const oddity: fc.Arbitrary<Oddity> = fc.oneof(
	{
		weight: 4,
		arbitrary: repeated(11_000, ['.', ' ', '. ', 'a', '/', '\u202e']).map((name) => ({ name })),
	},
	fc
		.constantFrom(
			...['', ',', ' ', 'roomId', 'roomId ', 'roomId =', 'roomId !!!', 'roomId dGhl,roomId dGhl'],
			...['filename eA==', '__proto__ eA==', `roomId ${'a'.repeat(9_000)}`, 'a b c d', ',,,,'],
		)
		.map((metadata) => ({ metadata })),
	fc
		.constantFrom('1', '0', '-1', '1.5', '', 'x', '1e3', '99999999999999999999', '104857601')
		.map((length) => ({ length })),
	fc
		.constantFrom('0', '1', '9', '-1', '1.5', '', 'x', '99999999999999999999')
		.map((offset) => ({ offset })),
	fc.constantFrom('application/json', '', 'x', 'a/b;c').map((type) => ({ type })),
	{
		weight: 2,
		arbitrary: fc
			.constantFrom<Header>(
				['Upload-Concat', 'partial'],
				['Upload-Concat', 'final;/api/files/x /api/files/y'],
				['Upload-Defer-Length', '1'],
				['Upload-Defer-Length', 'x'],
				['Upload-Checksum', 'sha1 x'],
				['Tus-Resumable', '0.2.2'],
				['Tus-Resumable', ''],
				['X-HTTP-Method-Override', 'DELETE'],
				['X-HTTP-Method-Override', 'PATCH'],
				['Content-Length', '99999'],
				['Transfer-Encoding', 'chunked'],
				['Range', 'bytes=5-2'],
				['Content-Encoding', 'gzip'],
			)
			.map((header) => ({ header })),
	},
	fc.constantFrom(0, 1, 9, 70_000).map((body) => ({ body })),
	fc.constant({ breaksOff: true as const }),
);
const step: fc.Arbitrary<Step> = fc.record({
	as: fc.nat({ max: people - 1 }),
	ask: fc.constantFrom(
		'whole',
		'whole',
		'whole',
		'create',
		'patch',
		'patch',
		'head',
		'delete',
		'get',
		'options',
	),
	upload: fc.nat({ max: 4 }),
	odd: fc.array(oddity, { maxLength: 2 }),
});

/** Bytes of an upload about which nothing is odd. */
const usual = 5;

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** What an answer says an upload's address is. */
const addressIn = (answer: string) => /^location: (?:https?:\/\/[^/]+)?(\S+)/im.exec(answer)?.[1];

/** The request of a step, with what is odd about it. */
function requestOf({ ask, odd }: Step, address: string, cookie: string): Buffer {
	const creates = ask === 'whole' || ask === 'create';
	let about = `roomId ${base64(roomId)},filename ${base64('notes.txt')}`;
	let [length, offset, type] = [`${usual}`, '0', 'application/offset+octet-stream'];
	let size = ask === 'whole' || ask === 'patch' ? usual : 0;
	const more: Header[] = [];
	for (const one of odd) {
		if ('name' in one) about = `roomId ${base64(roomId)},filename ${base64(written(one.name))}`;
		else if ('metadata' in one) about = one.metadata;
		else if ('length' in one) length = one.length;
		else if ('offset' in one) offset = one.offset;
		else if ('type' in one) type = one.type;
		else if ('header' in one) more.push(one.header);
		else if ('body' in one) size = one.body;
	}
	const own: Header[] = [
		['Host', new URL(target.url).host],
		['Cookie', cookie],
		['Tus-Resumable', '1.0.0'],
	];
	if (creates) own.push(['Upload-Length', length], ['Upload-Metadata', about]);
	if (ask === 'patch') own.push(['Upload-Offset', offset]);
	if (size > 0) own.push(['Content-Type', type], ['Content-Length', `${size}`]);
	const given = new Set(more.map(([name]) => name.toLowerCase()));
	const headers = [...own.filter(([name]) => !given.has(name.toLowerCase())), ...more];
	const sent = odd.some((one) => 'breaksOff' in one) ? size >> 1 : size;
	const path = creates || ask === 'options' ? '/api/files' : address;
	return requestBytes(creates ? 'POST' : ask.toUpperCase(), path, headers, 'x'.repeat(sent));
}

async function carryOut(steps: Step[], cookies: string[], from: string): Promise<void> {
	const uploads: string[] = [];
	for (const step of steps) {
		const address = uploads.at(-1 - step.upload) ?? `/api/files/${newFileId()}`;
		const wire = await Wire.open(target.url, from);
		wire.send(requestOf(step, address, cookies[step.as] ?? ''));
		const breaksOff = step.odd.some((one) => 'breaksOff' in one);
		await wire.until((heard) => heard.includes('\r\n\r\n'), breaksOff ? 40 : 400);
		const made = addressIn(wire.heard);
		if (made) uploads.push(made);
		wire.reset();
	}
}

/** Members of the attackers' room. */
async function members(from: string): Promise<string[]> {
	return Promise.all(
		Array.from({ length: people }, async () => {
			const cookie = await cookieFrom(target.url, from);
			await askOnce(target.url, from, {
				method: 'POST',
				path: `/api/rooms/${roomId}/members`,
				headers: [
					['Cookie', cookie],
					['Content-Type', 'application/json'],
				],
				body: JSON.stringify({ name: 'Attacker' }),
			});
			return cookie;
		}),
	);
}

underAttack(
	'uploads',
	'A-H3: no upload harms the service, its workers, or anybody else',
	step,
	(steps) =>
		target.survives(async () => {
			const from = target.from();
			await carryOut(steps, await members(from), from);
		}),
	() => target.settles(),
);
