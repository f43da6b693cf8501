import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownAddress } from '../../../shared/ownAddress.ts';

test.each([
	['/', '/'],
	['/room/team', '/room/team'],
	['/room/team?x=1#y', '/room/team?x=1#y'],
	['/a/../room/team', '/room/team'],
	['/./room', '/room'],
	['/people?with=//x', '/people?with=//x'],
	['/a//b', '/a//b'],
])('%j leads to the page %j', (wanted, address) => {
	expect(ownAddress(wanted)).toBe(address);
});

test.each([
	'//evil.example',
	'/.//evil.example',
	'/.//evil.example/again',
	'/..//evil.example',
	'/a/..//evil.example',
	'/a/b/../..//evil.example',
	'/%2e//evil.example',
	'/%2e%2e//evil.example',
	'/.//',
	'/\\evil.example',
	'/\\/evil.example',
	'/.\\\\evil.example',
	'/./\\evil.example',
	'/\t/evil.example',
	'/\n/evil.example',
	'/.\t//evil.example',
	'\t//evil.example',
	' //evil.example',
	'///evil.example',
	'https://evil.example/',
	'https:/evil.example',
	'javascript:alert(1)',
	'evil.example',
	'',
	'//',
	'http://own.invalid/room',
	['/room/team'],
	{ toString: () => '/room' },
	null,
	undefined,
])('A-H9: %j leads home', (wanted) => {
	expect(ownAddress(wanted)).toBe('/');
});

test('HTTP-12, A-H9: no address leads to another origin', () => {
	const parts = fc.constantFrom(
		'/',
		'\\',
		'.',
		'..',
		'%2e',
		'%2f',
		'%5c',
		'\t',
		'\n',
		'@',
		':',
		'?',
		'#',
		'e.x',
		' ',
	);
	fc.assert(
		fc.property(fc.array(parts, { maxLength: 12 }), (all) => {
			const address = ownAddress(`/${all.join('')}`);
			expect(address.startsWith('/')).toBe(true);
			expect(new URL(address, 'https://meet.example.org/login').origin).toBe(
				'https://meet.example.org',
			);
		}),
		{ numRuns: 5_000 },
	);
});
