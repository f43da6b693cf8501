import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canMakeNamespaces, TwoMachines } from '../support/networkNamespace.ts';
import { startServiceProcess, type ServiceProcess } from '../support/serviceProcess.ts';
import { all, twoBotsMeet } from '../support/twoBots.ts';

const addresses = ['203.0.113.5', '10.9.0.5', '2001:db8::5', 'fd00:9::5'];
const [open] = addresses;
const httpPort = 3000;

/** Lets media through to one address only. */
const allBut = (reachable: string) =>
	addresses
		.filter((address) => address !== reachable)
		.flatMap((address) => {
			const to = `${address.includes(':') ? 'ip6' : 'ip'} daddr ${address}`;
			return [`${to} meta l4proto udp`, `${to} tcp dport != ${httpPort}`];
		});

describe.runIf(canMakeNamespaces)('MEDIA-21, A-L8: a machine with several addresses', () => {
	let machines: TwoMachines;
	beforeAll(async () => {
		machines = await TwoMachines.make({
			server: ['203.0.113.5/24', '10.9.0.5/24', '2001:db8::5/64', 'fd00:9::5/64'],
			client: ['203.0.113.77/24', '10.9.0.77/24', '2001:db8::77/64', 'fd00:9::77/64'],
		});
	});
	afterAll(() => machines?.close());

	describe.each([
		['told by itself', ''],
		['told in a list, after one that is not its own', ['198.51.100.9', ...addresses].join(',')],
	])('%s', (_how, announced) => {
		let service: ServiceProcess;
		beforeAll(async () => {
			const environment = {
				PARLEY_HTTP_PORT: String(httpPort),
				PARLEY_HTTP_ADDRESS: '',
				PARLEY_MEDIA_PORT: '40000',
				PARLEY_MEDIA_LISTENADDRESS: '',
				PARLEY_MEDIA_ANNOUNCEDADDRESS: announced,
			};
			const { within } = machines.server;
			service = await startServiceProcess(undefined, environment, undefined, undefined, within);
		});
		afterAll(() => service?.close());

		test.each(addresses)(
			'is reached by %s where nothing else is',
			{ timeout: 120_000 },
			async (address) => {
				await machines.client.drop(allBut(address));
				expect(await twoBotsMeet(`http://${open}:${httpPort}`, machines.client.within)).toEqual(
					all,
				);
			},
		);
	});
});
