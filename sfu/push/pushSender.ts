import { Agent, request } from 'node:https';
import webPush, { type Urgency } from 'web-push';
import type { PushNotice } from '#shared/push.ts';
import type { PushDevice } from '../store/api/pushStore.ts';
import { publicLookup } from './publicLookup.ts';
import type { PushKeys } from './pushKeys.ts';

/** How long a push service may take to answer, in ms. */
const requestTimeout = 10_000;
/** Connections to one push service at a time, and to all. */
const maxSockets = 20;
const maxTotalSockets = 200;
/** Names nobody: RFC 8292 leaves the contact out, and the library demands one. */
const noContact = 'https://parley.invalid';

/** How a push service treats a notification until the device gets it. */
export type Handling = {
	/** How long the push service keeps it, in seconds. */
	seconds: number;
	/** `high` wakes a device that saves power. */
	urgency: Urgency;
	/** Replaces an earlier one with the same topic: at most 32 letters of base64url. */
	topic: string;
};

/** Sends encrypted notifications to the push services of browsers. */
export class PushSender {
	readonly #agent: Agent;
	readonly #identity: PushKeys & { subject: string };
	readonly #lookup: ReturnType<typeof publicLookup>;

	/**
	 * @param contact for push services; empty for none.
	 * @param networks where push services may be besides public addresses.
	 */
	constructor(keys: PushKeys, contact: string, networks: readonly string[]) {
		this.#identity = { ...keys, subject: contact || noContact };
		this.#agent = new Agent({
			keepAlive: true,
			maxSockets,
			maxTotalSockets,
			timeout: requestTimeout,
		});
		this.#lookup = publicLookup(networks);
	}

	/**
	 * @returns `gone` if the push service does not know the device any more.
	 * @throws {Error} if the push service cannot be reached or does not take it.
	 */
	async send(
		{ endpoint, keys }: PushDevice,
		notice: PushNotice,
		{ seconds, urgency, topic }: Handling,
	): Promise<'taken' | 'gone'> {
		const { headers, body, method } = webPush.generateRequestDetails(
			{ endpoint, keys },
			JSON.stringify(notice),
			{ vapidDetails: this.#identity, TTL: seconds, urgency, topic },
		);
		const status = await this.#ask(endpoint, { method, headers }, body);
		if (status === 404 || status === 410) return 'gone';
		if (status >= 200 && status < 300) return 'taken';
		throw new Error(`the push service answered ${status}`);
	}

	close(): void {
		this.#agent.destroy();
	}

	/** @returns the status. What else the answer holds is not read. */
	#ask(
		endpoint: string,
		options: { method: string; headers: Record<string, string | number> },
		body: Buffer | null,
	): Promise<number> {
		return new Promise((resolve, reject) => {
			const outgoing = request(
				endpoint,
				{
					...options,
					agent: this.#agent,
					lookup: this.#lookup,
					signal: AbortSignal.timeout(requestTimeout),
				},
				(answer) => {
					resolve(answer.statusCode ?? 0);
					// A short answer is taken from the connection, which serves the next notification then.
					if (Number(answer.headers['content-length'] ?? Infinity) <= 4096) answer.resume();
					else answer.destroy();
				},
			);
			outgoing.on('error', reject);
			outgoing.end(body);
		});
	}
}
