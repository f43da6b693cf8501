import type { Subject } from './subject.ts';
import { judgeClock } from './clock.ts';
import { failed, ok, reasonOf, warning, type Seen } from './findings.ts';

/** How long the page may take to answer, in ms. */
const answerTimeout = 8_000;
/** What a connection of Socket.IO begins with. */
const socketPath = 'socket.io/?EIO=4&transport=';

/** Codes of failures that say nothing about the page: the network may not lead back to the machine that asks. */
const unreachable = new Set([
	'UND_ERR_CONNECT_TIMEOUT',
	'ETIMEDOUT',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'ECONNREFUSED',
]);

const isLocal = ({ hostname }: URL) =>
	hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');

/** Opens the pages at the address that people open, through every proxy in front. */
export async function checkPage({ page, config: { http } }: Subject): Promise<Seen[]> {
	if (!page) return [];
	if (page.pathname !== `${http.basePath}/`)
		return [
			failed(
				`${page.href} is not where the pages are: http.basePath is "${http.basePath}".`,
				`Ask for ${page.origin}${http.basePath}/, or correct http.basePath.`,
			),
		];
	let answer: Response;
	const askedAt = Date.now();
	try {
		answer = await fetch(new URL('healthz', page), { signal: AbortSignal.timeout(answerTimeout) });
	} catch (error) {
		return [judgeFailure(page, error)];
	}
	const middle = (askedAt + Date.now()) / 2;
	if ((await answer.text()) !== 'ok\n')
		return [
			failed(
				`${page.href} answers, and not as Parley (status ${answer.status}).`,
				'Have the proxy pass every path of this host to Parley, or correct the address.',
			),
		];
	// A date of HTTP has no fractions: on average half a second has passed.
	const date = Date.parse(answer.headers.get('date') ?? '') + 500;
	return [
		judgeScheme(page, answer.headers.has('strict-transport-security')),
		await tryConnection(page),
		...(Number.isNaN(date) ? [] : [judgeClock(date - middle, 'the page')]),
	];
}

function judgeFailure(page: URL, error: unknown): Seen {
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
	const isSilent =
		unreachable.has(code) || (error instanceof Error && error.name === 'TimeoutError');
	if (isSilent)
		return warning(
			`${page.href} could not be reached from this machine (${reasonOf(cause)}).`,
			'Open /check on a device in another network. If that fails too, open the port of the page in the firewall.',
		);
	return failed(
		`${page.href} cannot be opened: ${reasonOf(cause)}.`,
		/cert|ssl|tls/i.test(`${code} ${reasonOf(cause)}`)
			? 'Put a certificate into the proxy, or into http.certificate, that browsers trust and that is for this host.'
			: 'Correct the address, or its entry in the name service.',
	);
}

/** @param insists whether the service tells browsers to insist on HTTPS, which it does where it knows that they came by it. */
export function judgeScheme(page: URL, insists: boolean): Seen {
	if (page.protocol === 'https:')
		return insists
			? ok(`${page.href} answers over HTTPS, and the service knows it.`)
			: warning(
					`${page.href} answers over HTTPS, and the service does not know it.`,
					'Set http.trustProxy, and have the proxy pass X-Forwarded-Proto.',
				);
	if (isLocal(page)) return ok(`${page.href} answers.`);
	return failed(
		`${page.href} answers over HTTP, where browsers give no camera and no microphone.`,
		'Set http.certificate and http.key, or put a proxy with HTTPS in front.',
	);
}

/** Begins a connection as a page does: by WebSocket, and where that fails by polling. */
async function tryConnection(page: URL): Promise<Seen> {
	if (await opensWebSocket(page)) return ok('A page gets its WebSocket.');
	const signal = AbortSignal.timeout(answerTimeout);
	const headers = { origin: page.origin };
	const polled = await fetch(new URL(`${socketPath}polling`, page), { headers, signal }).catch(
		() => null,
	);
	if (polled?.ok)
		return warning(
			'WebSockets are not let through; pages connect by polling, which is slower.',
			'Have the proxy pass the headers Upgrade and Connection.',
		);
	if (polled?.status === 403)
		return failed(
			`The service refuses pages of ${page.origin}: it was asked for another host.`,
			'Set http.trustProxy and have the proxy pass Host or X-Forwarded-Host, or name the origin in http.origins.',
		);
	return failed(
		`A page gets no connection (status ${polled?.status ?? 'none'}).`,
		'Have the proxy pass /socket.io/ to Parley, and look into both logs.',
	);
}

async function opensWebSocket(page: URL): Promise<boolean> {
	const { promise, resolve } = Promise.withResolvers<boolean>();
	const address = new URL(`${socketPath}websocket`, page);
	address.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:';
	const socket = new WebSocket(address, { headers: { origin: page.origin } } as never);
	const timer = setTimeout(() => resolve(false), answerTimeout);
	socket.addEventListener('message', ({ data }) => resolve(String(data).startsWith('0')));
	socket.addEventListener('error', () => resolve(false));
	socket.addEventListener('close', () => resolve(false));
	return promise.finally(() => {
		clearTimeout(timer);
		socket.close();
	});
}
