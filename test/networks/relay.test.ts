import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Coturn, documentedConfig, settingOf } from '../support/coturn.ts';
import { canMakeNamespaces, TwoMachines } from '../support/networkNamespace.ts';
import { startServiceProcess, type ServiceProcess } from '../support/serviceProcess.ts';
import { all, twoBotsMeet } from '../support/twoBots.ts';

const [sfu, relay, person] = ['203.0.113.5', '203.0.113.6', '203.0.113.77'];
const ports = { http: 3000, media: 40000 };

describe.runIf(canMakeNamespaces)(
	'MEDIA-18: where a network lets nothing through to the media ports',
	() => {
		const config = documentedConfig();
		let machines: TwoMachines;
		let coturn: Coturn;
		let service: ServiceProcess;

		beforeAll(async () => {
			machines = await TwoMachines.make({
				server: [`${sfu}/24`, `${relay}/24`, '2001:db8::5/64', '2001:db8::6/64'],
				client: [`${person}/24`, '2001:db8::77/64'],
			});
			const { within } = machines.server;
			coturn = await Coturn.start(config, within);
			const environment = {
				PARLEY_HTTP_PORT: String(ports.http),
				PARLEY_HTTP_ADDRESS: sfu,
				PARLEY_MEDIA_PORT: String(ports.media),
				PARLEY_MEDIA_LISTENADDRESS: '',
				PARLEY_MEDIA_ANNOUNCEDADDRESS: `${sfu},2001:db8::5`,
				PARLEY_MEDIA_TURN_URLS: `turn:${relay},turn:${relay}?transport=tcp`,
				PARLEY_MEDIA_TURN_SECRET: settingOf(config, 'static-auth-secret'),
			};
			service = await startServiceProcess(undefined, environment, undefined, undefined, within);
		});
		afterAll(async () => {
			await service?.close();
			await coturn?.close();
			await machines?.close();
		});

		const mediaBlocked = [
			`ip daddr ${sfu} udp dport 1-65535`,
			`ip daddr ${sfu} tcp dport ${ports.media}`,
			'ip6 daddr 2001:db8::5 meta l4proto { tcp, udp }',
		];

		test.each([
			['TURN over UDP', mediaBlocked],
			['TURN over TCP', [...mediaBlocked, 'meta l4proto udp']],
		])('two people see and hear each other by %s', { timeout: 120_000 }, async (_how, lost) => {
			await machines.client.drop(lost);
			expect(await twoBotsMeet(`http://${sfu}:${ports.http}`, machines.client.within)).toEqual(all);
		});
	},
);
