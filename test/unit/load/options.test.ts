import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Ended, exits, type Exit } from '../../load/run/exits.ts';
import { readOptions } from '../../load/run/options.ts';
import { scenarios } from '../../load/scenarios/scenarios.ts';

const url = ['--url', 'https://meet.example.org/room/abc'];

test.each([
	['https://meet.example.org', 'https://meet.example.org'],
	['https://meet.example.org/?x#y', 'https://meet.example.org'],
	['https://example.org/meet', 'https://example.org/meet'],
	['https://example.org/meet/', 'https://example.org/meet'],
	['https://example.org/meet/room/abc/chat', 'https://example.org/meet'],
])('%s is an address of the service at %s', (given, url) =>
	expect(readOptions(['--url', given])).toMatchObject({ options: { url } }),
);

test('what is not said has a value, and of the link of a room the service counts', () => {
	const read = readOptions([...url, '--rooms', '5', '--peers', '4', '--ramp', '2']);
	expect(read).toMatchObject({
		kind: 'run',
		report: null,
		options: {
			...{ url: 'https://meet.example.org', rooms: 5, peers: 4, ramp: 2, seconds: 30 },
			...{ scenario: 'all-to-all', video: '360p', probe: false, bulk: false },
		},
	});
});

test.each(Object.keys(scenarios))(
	'the scenario %s can be asked for, and --help tells of it',
	(name) => {
		expect(readOptions([...url, '--scenario', name])).toMatchObject({
			options: { scenario: name },
		});
		expect(readOptions(['--help'])).toBe('help');
	},
);

test.each<[string, string[], Exit]>([
	['--url is missing', [], 'usage'],
	['"nonsense" is no address of a service', ['--url', 'nonsense'], 'unreachable'],
	['"ftp://example.org" is no address of a service', ['--url', 'ftp://example.org'], 'unreachable'],
	['--scenario is one of', [...url, '--scenario', 'quiet'], 'usage'],
	['--video is one of', [...url, '--video', '4k'], 'usage'],
	['--rooms is a number from 1 to', [...url, '--rooms', '0'], 'usage'],
	['--seconds is a number from 1 to', [...url, '--seconds', 'long'], 'usage'],
	['Unknown option', [...url, '--speed', '9'], 'usage'],
	['--probe joins a room', [...url, '--probe', '--scenario', 'next-storm'], 'usage'],
	['--probe reads pictures', [...url, '--probe', '--bulk'], 'usage'],
])('says in a sentence: %s', (sentence, args, exit) => {
	let ended: unknown;
	try {
		readOptions(args);
	} catch (error) {
		ended = error;
	}
	expect(ended).toBeInstanceOf(Ended);
	expect((ended as Ended).message).toContain(sentence);
	expect((ended as Ended).exit).toBe(exit);
});

test('the documentation tells of each scenario, in the words of --help, and of each exit code', () => {
	const page = new URL('../../../docs/operations/load-testing.md', import.meta.url);
	const documentation = readFileSync(page, 'utf8');
	for (const [name, { about }] of Object.entries(scenarios))
		expect(documentation).toContain(`| \`${name}\` | ${about} |`);
	for (const code of Object.values(exits)) expect(documentation).toContain(`\n| ${code} | `);
});
