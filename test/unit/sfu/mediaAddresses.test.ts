import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MediaAddresses, type LookUp } from '../../../sfu/media/worker/mediaAddresses.ts';
import { lo, on } from '../../support/interfaces.ts';

const both = { lo, eth0: on('10.0.0.2', '2001:db8::1') };
const onlyIpv4 = { lo: lo.slice(0, 1), eth0: on('10.0.0.2') };
const nobody: LookUp = () => Promise.reject(new Error('ENOTFOUND'));

type Settings = Partial<Parameters<typeof MediaAddresses.decide>[0]>;

const decide = (
	config: Settings,
	interfaces = both as typeof both | typeof onlyIpv4,
	lookUp = nobody,
) =>
	MediaAddresses.decide({ listenAddress: '', announcedAddress: [], ...config }, interfaces, lookUp);

/** What is announced, and what is listened on for it. */
async function heard(...given: Parameters<typeof decide>) {
	const addresses = await decide(...given);
	const infos = addresses.listenInfos(40000);
	const by = (wanted: string) =>
		infos.filter(({ protocol }) => protocol === wanted).map(({ ip }) => ip);
	return { announced: addresses.announced, udp: by('udp'), tcp: by('tcp'), infos };
}

describe('MEDIA-21, A-L8, B-16: what is listened on', () => {
	test('is every address in the family of one that is not the machine’s own', async () => {
		const found = await heard({ announcedAddress: ['203.0.113.5'] });
		expect(found).toMatchObject({ udp: ['0.0.0.0'], tcp: ['0.0.0.0'] });
		const ipv6 = await heard({ announcedAddress: ['2001:db8::5'] });
		expect(ipv6).toMatchObject({ udp: ['::'], tcp: ['::'] });
		expect(ipv6.infos[0]).toEqual({
			protocol: 'udp',
			ip: '::',
			port: 40000,
			flags: { ipv6Only: true },
		});
	});

	test('is one socket for several addresses of a family', async () => {
		const announcedAddress = ['203.0.113.5', '198.51.100.7', '2001:db8::5'];
		const found = await heard({ announcedAddress });
		expect(found).toMatchObject({ announced: announcedAddress, udp: ['0.0.0.0', '::'] });
	});

	test('is the own address alone where only that is announced', async () => {
		const found = await heard({ announcedAddress: ['10.0.0.2', '127.0.0.1'] });
		expect(found).toMatchObject({ udp: ['10.0.0.2', '127.0.0.1'], tcp: ['10.0.0.2', '127.0.0.1'] });
		expect(found.infos.every(({ flags }) => flags === undefined)).toBe(true);
	});

	test('is the own address besides all others where both kinds are announced', async () => {
		const found = await heard({ announcedAddress: ['203.0.113.5', '10.0.0.2'] });
		expect(found).toMatchObject({ udp: ['0.0.0.0', '10.0.0.2'], tcp: ['0.0.0.0'] });
		const udp = found.infos.filter(({ protocol }) => protocol === 'udp');
		expect(udp.map(({ flags }) => flags)).toEqual([{ udpReusePort: true }, { udpReusePort: true }]);
	});

	test('is every address for a host name, whatever it means now', async () => {
		const found = await heard({ announcedAddress: ['media.lan'] }, both, async () => ['10.0.0.2']);
		expect(found).toMatchObject({ announced: ['10.0.0.2'], udp: ['0.0.0.0', '10.0.0.2', '::'] });
	});

	test('is the address that is configured', async () => {
		const config = { listenAddress: '10.0.0.2', announcedAddress: ['203.0.113.5', '10.0.0.2'] };
		const found = await heard(config);
		expect(found).toMatchObject({ announced: config.announcedAddress, udp: ['10.0.0.2'] });
	});

	test('are the addresses of one family where the whole family is configured', async () => {
		const interfaces = { lo: on('127.0.0.1', '::1').map((one) => ({ ...one, internal: true })) };
		const found = await heard({ listenAddress: '0.0.0.0' }, interfaces as typeof both);
		expect(found).toMatchObject({ announced: ['127.0.0.1'], udp: ['127.0.0.1'] });
	});

	test('is no address that this machine does not have yet', async () => {
		const interfaces = { lo, eth0: on('127.0.0.1', '2001:db8::77') };
		expect((await heard({}, interfaces)).udp).toEqual(['127.0.0.1']);
	});
});

describe('an announced address that cannot work', () => {
	test.each<[string, Settings, typeof both | typeof onlyIpv4, LookUp]>([
		[
			'media.announcedAddress has "2001:db8::5", but nothing listens on IPv6 here: this machine has IPv4 only.',
			{ announcedAddress: ['10.0.0.2', '2001:db8::5'] },
			onlyIpv4,
			nobody,
		],
		[
			'media.announcedAddress has "203.0.113.5", but nothing listens on IPv4 here: media.listenAddress is 2001:db8::1.',
			{ listenAddress: '2001:db8::1', announcedAddress: ['203.0.113.5'] },
			both,
			nobody,
		],
		[
			'media.announcedAddress has "media.example.org", a host name that does not resolve to any address here.',
			{ announcedAddress: ['media.example.org'] },
			both,
			nobody,
		],
		[
			'media.announcedAddress has "media.example.org", which resolves to 2001:db8::9, but this machine has IPv4 only.',
			{ announcedAddress: ['media.example.org'] },
			onlyIpv4,
			async () => ['2001:db8::9'],
		],
	])('stops the start: %s', async (sentence, config, interfaces, lookUp) => {
		await expect(decide(config, interfaces, lookUp)).rejects.toThrow(sentence);
	});
});

describe('MEDIA-21: a host name', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	const found = [
		{ ip: '::', protocol: 'udp', port: 40001, priority: 1_078_863_359 },
		{ ip: '0.0.0.0', protocol: 'tcp', port: 40001, priority: 1_078_505_471 },
	].map((one) => ({ ...one, address: one.ip, foundation: one.protocol, type: 'host' as const }));
	const told = (addresses: MediaAddresses) =>
		addresses
			.candidates(found as Parameters<MediaAddresses['candidates']>[0])
			.map(({ protocol, address, ip, port }) => {
				expect(ip).toBe(address);
				expect(port).toBe(40001);
				return `${protocol} ${address}`;
			});

	test('is looked up again once a minute, and who comes then is told what it means now', async () => {
		let answer: string[] | null = ['203.0.113.5', '2001:db8::9'];
		const lookUp: LookUp = async () => {
			if (!answer) throw new Error('SERVFAIL');
			return answer;
		};
		const lines: { msg: string }[] = [];
		const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
		const addresses = await decide({ announcedAddress: ['media.example.org'] }, both, lookUp);
		addresses.watch(log);
		const before = ['203.0.113.5', '2001:db8::9'].flatMap((one) => [`udp ${one}`, `tcp ${one}`]);
		expect(told(addresses).toSorted()).toEqual(before.toSorted());

		answer = ['203.0.113.77'];
		await vi.advanceTimersByTimeAsync(60_000);
		expect(told(addresses)).toEqual(['udp 203.0.113.77', 'tcp 203.0.113.77']);
		expect(addresses.announced).toEqual(['203.0.113.77']);

		// What cannot be looked up stays as it was, and is said once.
		answer = null;
		await vi.advanceTimersByTimeAsync(180_000);
		expect(addresses.announced).toEqual(['203.0.113.77']);
		answer = ['203.0.113.77'];
		await vi.advanceTimersByTimeAsync(60_000);
		expect(lines.map(({ msg }) => msg)).toEqual([
			'the announced media addresses changed',
			expect.stringContaining('the last known addresses stay'),
			expect.stringContaining('resolve again'),
		]);

		addresses.close();
		answer = ['203.0.113.99'];
		await vi.advanceTimersByTimeAsync(180_000);
		expect(addresses.announced).toEqual(['203.0.113.77']);
	});

	test('is looked up once at a time, however long that takes', async () => {
		let asked = 0;
		const lookUp: LookUp = () => {
			asked++;
			return asked === 1 ? Promise.resolve(['203.0.113.5']) : new Promise(() => undefined);
		};
		const addresses = await decide({ announcedAddress: ['media.example.org'] }, both, lookUp);
		addresses.watch(pino({ level: 'silent' }));
		await vi.advanceTimersByTimeAsync(600_000);
		expect(asked).toBe(2);
		addresses.close();
	});

	test('is a lower preference the later it stands in the list', async () => {
		const addresses = await decide({
			announcedAddress: ['10.0.0.2', '203.0.113.5', '198.51.100.7'],
		});
		const candidates = addresses.candidates(found as Parameters<MediaAddresses['candidates']>[0]);
		const priorities = candidates.map(({ priority }) => priority);
		expect(priorities).toEqual(priorities.toSorted((one, other) => other - one));
		expect(new Set(priorities).size).toBe(6);
	});
});
