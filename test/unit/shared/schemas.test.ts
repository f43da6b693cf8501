import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { errorMessages, errorCode } from '../../../shared/errors.ts';
import {
	newPeerId,
	newProducerId,
	newResumeToken,
	newRoomId,
	producerId,
	roomId,
} from '../../../shared/ids.ts';
import { want } from '../../../shared/media.ts';
import { toRoomId } from '../../../shared/roomIds.ts';
import { displayName, foreignName } from '../../../shared/text.ts';
import { dtlsParameters, rtpCapabilities, rtpParameters } from '../../../shared/rtp.ts';

describe('room ids', () => {
	test.each([
		['standup', 'standup'],
		['Team-Blue_2', 'team-blue_2'],
		['abc', 'abc'],
		['0'.repeat(64), '0'.repeat(64)],
	])('%s is %s', (given, id) => {
		expect(v.parse(roomId, given)).toBe(id);
		expect(toRoomId(given)).toBe(id);
	});
	test.each([
		'',
		'ab',
		'a'.repeat(65),
		'with space',
		'ümlaut',
		'ſmall',
		'-start',
		'_start',
		'a/b',
		'..',
		'a.b',
		'a%20b',
		'<b>',
		'a\u0000b',
		7,
		null,
	])('%j is none', (given) => {
		expect(v.is(roomId, given)).toBe(false);
		if (typeof given === 'string') expect(toRoomId(given)).toBeNull();
	});
	test('made ones carry 130 bits without look-alikes', () => {
		const made = Array.from({ length: 2000 }, newRoomId);
		expect(new Set(made).size).toBe(2000);
		for (const id of made) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
		// Every symbol of the alphabet turns up about as often as any other.
		const counts = new Map<string, number>();
		for (const symbol of made.join('')) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
		expect(counts.size).toBe(32);
		for (const count of counts.values())
			expect(Math.abs(count / (52_000 / 32) - 1)).toBeLessThan(0.25);
	});
});

test('other ids carry 128 bits in 22 symbols', () => {
	const makers: (() => string)[] = [newPeerId, newProducerId, newResumeToken];
	for (const make of makers) {
		const made = Array.from({ length: 100 }, make);
		expect(new Set<string>(made).size).toBe(100);
		for (const id of made) expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
	}
	expect(v.is(producerId, '1'.repeat(21))).toBe(false);
});

describe('names', () => {
	test.each([
		['Ana', 'Ana'],
		['  Ana  ', 'Ana'],
		['José Ñandú', 'José Ñandú'],
		['李小龍', '李小龍'],
		['👩‍🚀 Mae', '👩‍🚀 Mae'],
		['<b>Bobby</b>', '<b>Bobby</b>'],
		["O'Brien; DROP TABLE", "O'Brien; DROP TABLE"],
		['می‌خواهم', 'می‌خواهم'],
	])('%j is shown as %j', (given, name) => {
		expect(v.parse(displayName, given)).toBe(name);
	});
	test.each([
		'',
		'   ',
		'a'.repeat(65),
		'a\u202Eb',
		'a\u0000b',
		'line\nbreak',
		'\u200B',
		'\uFEFF',
		'\u200D',
		7,
		null,
		{},
	])('%j is none', (given) => {
		expect(v.is(displayName, given)).toBe(false);
	});

	describe('ROOM-17, B-8: the names that people paste and other systems give', () => {
		test.each([
			['a zero-width space', 'Ada\u200B', 'Ada'],
			['a left-to-right mark', '\u200EAda Lovelace\u200E', 'Ada Lovelace'],
			['a right-to-left mark and a blank', '\u200F Ada \u200F', 'Ada'],
			['a soft hyphen', '\u00ADMüller\u00ADSchmidt', 'MüllerSchmidt'],
			['a tab', '\tAda\tLovelace\t', 'Ada Lovelace'],
			['isolates', '\u2068Ada\u2069', 'Ada'],
			['a byte order mark', '\uFEFFAda', 'Ada'],
		])('%s is cleaned from a pasted name', (_what, given, name) => {
			expect(v.parse(displayName, given)).toBe(name);
		});

		test.each([
			['Persian', 'می\u200Cخواهم'],
			['Malayalam', 'രാജന്\u200D'],
			['emoji', '👩\u200D🚀 Mae'],
		])('joiners that a name needs stay: %s', (_what, name) => {
			expect(v.parse(displayName, name)).toBe(name);
			expect(v.parse(foreignName, name)).toBe(name);
		});

		test.each([
			['letters', 'x'.repeat(70), 'x'.repeat(64)],
			['a mark', 'x'.repeat(63) + 'e\u0301', 'x'.repeat(63)],
			['an emoji of several', `${'x'.repeat(62)}👩\u200D🚀`, 'x'.repeat(62)],
			['invisible characters', '\u200B'.repeat(500) + 'Ada', 'Ada'],
			['a blank', `${'x'.repeat(63)} ${'y'.repeat(9)}`, 'x'.repeat(63)],
			['nothing but marks', 'e' + '\u0301'.repeat(100), null],
			['a letter that turns the text', 'Ada\u202Eadmin', null],
		])('the name of another system is cut: %s', (_what, given, name) => {
			const parsed = v.safeParse(foreignName, given);
			expect(parsed.success ? parsed.output : null).toBe(name);
		});
	});
});

describe('media descriptions', () => {
	const codec = { mimeType: 'video/VP8', payloadType: 96, clockRate: 90000 };
	const audioLevel = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
	test.each([
		['nothing more', {}, true],
		['settings', { parameters: { 'profile-id': 0, apt: 96, x: 'y' } }, true],
		['a payload type beyond 127', { payloadType: 128 }, false],
		['a mime type with a path', { mimeType: 'video/../x' }, false],
		['another kind', { mimeType: 'text/html' }, false],
		['nested settings', { parameters: { deep: { er: 1 } } }, false],
		[
			'endless settings',
			{ parameters: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, i])) },
			false,
		],
		['a clock that is none', { clockRate: Number.NaN }, false],
		['a clock that runs backwards', { clockRate: -90000 }, false],
		['a setting that ends its line', { parameters: { x: 'y\r\na=inactive' } }, false],
		['a setting with a setting in it', { parameters: { x: 'y;apt=3' } }, false],
		['the name of a setting that ends its line', { parameters: { 'x\n': 1 } }, false],
		['a setting that is no number', { parameters: { apt: Number.NaN } }, false],
		['a setting without an end', { parameters: { apt: 1e300 } }, false],
		['a setting that is true', { parameters: { apt: true } }, false],
		['feedback that ends its line', { rtcpFeedback: [{ type: 'nack\n' }] }, false],
		['feedback without a parameter', { rtcpFeedback: [{ type: 'nack', parameter: '' }] }, true],
		['a payload type that is none', { payloadType: 96.5 }, false],
		['another prototype', JSON.parse('{"parameters":{"__proto__":{"apt":1}}}') as object, true],
	])('a codec with %s', (_what, changes, fits) => {
		expect(v.is(rtpParameters, { codecs: [{ ...codec, ...changes }] })).toBe(fits);
	});
	test.each([
		['a mid', { mid: '0' }, true],
		['a mid of silly length', { mid: '123456789' }, false],
		['an empty mid', { mid: '' }, false],
		['a cname of Chromium', { rtcp: { cname: 'xE0+/9aaBBccDDee' } }, true],
		['a cname of several sizes', { rtcp: { cname: '' } }, true],
		['a cname of Firefox', { rtcp: { cname: '{0b3c7d2e-1111-4222-8333-444455556666}' } }, true],
		['a cname that ends its line', { rtcp: { cname: 'x\r\na=ice-ufrag:y' } }, false],
		['a stream and a track', { msid: '- 0b3c7d2e-1111-4222-8333-444455556666' }, true],
		['a stream that ends its line', { msid: 'x\na=inactive' }, false],
		['layers', { encodings: [{ ssrc: 1, scalabilityMode: 'L3T3_KEY' }] }, true],
		['ninety-nine layers', { encodings: [{ ssrc: 1, scalabilityMode: 'L99T99' }] }, false],
		['layers and more', { encodings: [{ ssrc: 1, scalabilityMode: 'L1T3\n' }] }, false],
		['a negative ssrc', { encodings: [{ ssrc: -1 }] }, false],
		['an ssrc of 33 bits', { encodings: [{ ssrc: 2 ** 32 }] }, false],
		['an ssrc that is none', { encodings: [{ ssrc: Number.NaN }] }, false],
		['an extension under 0', { headerExtensions: [{ uri: audioLevel, id: 0 }] }, false],
		['an extension beyond a byte', { headerExtensions: [{ uri: audioLevel, id: 256 }] }, false],
		['an extension of nobody', { headerExtensions: [{ uri: 'urn:x', id: 1 }] }, false],
		[
			'300 header extensions',
			{ headerExtensions: Array.from({ length: 300 }, () => ({ uri: audioLevel, id: 1 })) },
			false,
		],
	])('MEDIA-17: a description with %s', (_what, changes, fits) => {
		expect(v.is(rtpParameters, { codecs: [codec], ...changes })).toBe(fits);
	});
	test('MEDIA-17: a description cannot bring a prototype along', () => {
		const text = '{"parameters":{"__proto__":{"apt":1},"constructor":"x","x":"y"}}';
		const [parsed] = v.parse(rtpParameters, {
			codecs: [{ ...codec, ...(JSON.parse(text) as object) }],
		}).codecs;
		expect(Object.keys(parsed?.parameters ?? {})).toEqual(['x']);
		expect(parsed?.parameters?.['apt']).toBeUndefined();
	});
	test('what the schemas do not name is left out', () => {
		const parsed = v.parse(rtpParameters, {
			codecs: [codec],
			encodings: [{ ssrc: 1, active: true }],
			extra: 1,
		});
		expect(parsed).toEqual({ codecs: [codec], encodings: [{ ssrc: 1 }] });
	});
	test('lists have an end', () => {
		const capability = { ...codec, kind: 'video', preferredPayloadType: 96 };
		expect(v.is(rtpCapabilities, { codecs: Array.from({ length: 65 }, () => capability) })).toBe(
			false,
		);
		expect(
			v.is(rtpParameters, { codecs: [codec], encodings: Array.from({ length: 5 }, () => ({})) }),
		).toBe(false);
	});
	test.each([
		['sha-256', 'AB:'.repeat(31) + 'CD', true],
		['sha-256', 'AB', false],
		['sha-256', 'AB:'.repeat(19) + 'CD', false],
		['sha-512', 'AB:'.repeat(31) + 'CD', false],
		['sha-1', 'AB:'.repeat(19) + 'CD', true],
		['sha-256', 'XY:'.repeat(31) + 'XY', false],
		['sha-3', 'AB:'.repeat(31) + 'CD', false],
	])('a fingerprint of %s %s', (algorithm, value, fits) => {
		expect(v.is(dtlsParameters, { fingerprints: [{ algorithm, value }] })).toBe(fits);
	});
});

test.each([
	[{}, true],
	[{ width: 0, height: 0 }, true],
	[{ width: -1 }, false],
	[{ width: 1.5 }, false],
	[{ height: 16385 }, false],
	[{ priority: 0 }, false],
	[{ priority: 256 }, false],
	[{ producerId: 'x' }, false],
])('a want with %j fits: %s', (changes, fits) => {
	const good = { producerId: newProducerId(), width: 640, height: 360, priority: 1 };
	expect(v.is(want, { ...good, ...changes })).toBe(fits);
});

test('every error says something a person can read', () => {
	for (const [code, message] of Object.entries(errorMessages())) {
		expect(v.is(errorCode, code)).toBe(true);
		expect(message).toMatch(/^[A-Z].*[.…]$/);
	}
});
