import { isIP } from 'node:net';
import { newPersonId } from '#shared/ids.ts';
import { IceServers } from '../media/worker/iceServers.ts';
import { MediaAddresses } from '../media/worker/mediaAddresses.ts';
import type { Subject } from './subject.ts';
import { failed, ok, reasonOf, warning, type Seen } from './findings.ts';
import { TurnClient, type TurnCredentials } from './turnClient.ts';
import { lineTo, type TurnAddress, type TurnLine } from './turnLine.ts';

/** How long one step may take, in ms. */
const answerTimeout = 5_000;

/** The parts of a TURN address (RFC 7065); null for another kind of address. */
export function turnAddress(url: string): TurnAddress | null {
	const found =
		/^(?<scheme>turns?):(?<host>\[[\da-f:.]+\]|[^:?]+)(?::(?<port>\d+))?(?:\?transport=(?<transport>udp|tcp))?$/i.exec(
			url,
		)?.groups;
	if (!found) return null;
	const { host = '', port, transport } = found;
	const isSecure = found['scheme']?.toLowerCase() === 'turns';
	const kind = transport?.toLowerCase() ?? (isSecure ? 'tcp' : 'udp');
	return {
		host: host.replaceAll(/[[\]]/g, ''),
		port: Number(port ?? (isSecure ? 5349 : 3478)),
		transport: isSecure ? (kind === 'tcp' ? 'tls' : 'dtls') : kind === 'tcp' ? 'tcp' : 'udp',
	};
}

type Server = { url: string; credentials: TurnCredentials; setting: string };

/** Looks at each TURN server as a browser would use it: takes a relay, and asks to send to the media addresses. */
export async function checkTurn({ config: { media } }: Subject): Promise<Seen[]> {
	const shared = new IceServers({ iceServers: [], turn: media.turn }).of(newPersonId());
	const servers = [
		...shared.map((server) => ({ server, setting: 'media.turn.secret' })),
		...media.iceServers.map((server) => ({ server, setting: 'media.iceServers' })),
	].flatMap(({ server: { urls, ...credentials }, setting }): Server[] =>
		[urls].flat().map((url) => ({ url, credentials, setting })),
	);
	if (servers.length === 0) return [];
	const targets = await MediaAddresses.decide(media).then(
		({ announced }) => announced,
		() => [],
	);
	const seen = await Promise.all(servers.map((server) => tryServer(server, targets)));
	return seen.flat();
}

async function tryServer(
	{ url, credentials, setting }: Server,
	targets: readonly string[],
): Promise<Seen[]> {
	const address = turnAddress(url);
	if (!address) return [];
	if (address.transport === 'dtls')
		return [
			warning(
				`${url}: TURN over DTLS could not be tested.`,
				`Name ${url.replace('udp', 'tcp')} too, which browsers prefer in narrow networks.`,
			),
		];
	let line: TurnLine;
	try {
		line = await lineTo(address);
	} catch (error) {
		return [
			failed(
				`${url}: no connection (${reasonOf(error)}).`,
				'Start the TURN server, open its port, and check media.turn.urls and its certificate.',
			),
		];
	}
	const client = new TurnClient(line, credentials);
	try {
		return [await tryRelay(client, url, setting, targets)];
	} catch (error) {
		return [
			failed(
				`${url}: no answer (${reasonOf(error)}).`,
				'Start the TURN server, and open its port in every firewall in between.',
			),
		];
	} finally {
		client.close();
	}
}

async function tryRelay(
	client: TurnClient,
	url: string,
	setting: string,
	targets: readonly string[],
): Promise<Seen> {
	const refusal = await within(client.allocate());
	if (refusal !== null) return judgeRefusal(url, refusal, setting);
	const denied: string[] = [];
	// A relay has one family of addresses.
	for (const target of targets.filter((one) => isIP(one) === 4))
		if ((await within(client.permission(target))) !== null) denied.push(target);
	await within(client.release());
	if (denied.length > 0)
		return failed(
			`${url}: the credentials are right, and relaying to ${denied.join(', ')} is not allowed.`,
			'Add these addresses to allowed-peer-ip of coturn.',
		);
	return ok(`${url}: gave a relay, and relays to the media addresses.`);
}

/** @param refusal the code with which the server refused a relay. @param setting that holds the credentials. */
export function judgeRefusal(url: string, refusal: number, setting: string): Seen {
	if (refusal === 401)
		return failed(
			`${url}: the server does not take the credentials: the secret is wrong, or the clocks differ.`,
			`Make ${setting} the same as static-auth-secret of the TURN server, and compare both clocks.`,
		);
	if (refusal === 486 || refusal === 508)
		return warning(
			`${url}: the server has no relay to spare (${refusal}).`,
			'Raise total-quota and user-quota of coturn, or its range of ports.',
		);
	return failed(
		`${url}: the server refused a relay (${refusal}).`,
		"Look into the TURN server's log.",
	);
}

/** Rejects when the server does not answer in time. */
async function within<T>(task: Promise<T>): Promise<T> {
	const { promise, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(
		() => reject(new Error(`within ${answerTimeout / 1000} s`)),
		answerTimeout,
	);
	return Promise.race([task, promise]).finally(() => clearTimeout(timer));
}
