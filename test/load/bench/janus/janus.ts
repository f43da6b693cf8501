import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../../support/ports.ts';
import type { Measurement } from '../../measurement.ts';

/** Where Debian puts it. */
export const janusProgram = '/usr/bin/janus';

/** How long it may take to start, and for each answer, in ms. */
const patience = 20_000;

/** What Janus answers, or tells by itself. */
type Told = {
	janus: string;
	transaction?: string;
	/** The end of a plugin that it is about. */
	sender?: number;
	data?: { id: number };
	plugindata?: { data: Record<string, unknown> };
	jsep?: { type: 'offer' | 'answer'; sdp: string };
	error?: { reason: string };
};

/** Sections of its configuration, each as text. */
export type JanusSettings = { general: string; media: string };

/** Parts of Janus that are left out: some of them crash where they have no configuration. */
const without = {
	plugins:
		'audiobridge duktape echotest lua nosip recordplay sip streaming textroom videocall voicemail',
	transports: 'http mqtt nanomsg pfunix rabbitmq',
	loggers: 'jsonlog',
};

const disabled = (names: string) =>
	names
		.split(' ')
		.map((name) => `libjanus_${name}.so`)
		.join(',');

/** What is not as Debian has it: its port, its log, and parts that video rooms do not need. */
const files = (port: number, { general, media }: JanusSettings): Record<string, string> => ({
	'janus.jcfg': [
		`general: { debug_level = 1\n${general} }`,
		`media: { ${media} }`,
		...Object.entries(without).map(
			([kind, names]) => `${kind}: { disable = "${disabled(names)}" }`,
		),
	].join('\n'),
	'janus.transport.websockets.jcfg': `general: { ws = true\nws_port = ${port}\nws_ip = "127.0.0.1"\nwss = false }
`,
});

/** A Janus of its own, which is spoken to over its WebSocket. */
export class Janus {
	readonly pid: number;
	readonly #socket: WebSocket;
	readonly #hear = new Set<(told: Told) => void>();
	#session = 0;
	#transactions = 0;

	private constructor(pid: number, socket: WebSocket) {
		this.pid = pid;
		this.#socket = socket;
		socket.addEventListener('message', ({ data }) => {
			const told = JSON.parse(String(data)) as Told;
			for (const hear of [...this.#hear]) hear(told);
		});
	}

	static async start(measurement: Measurement, settings: JanusSettings): Promise<Janus> {
		const folder = mkdtempSync(join(tmpdir(), 'parley-janus-'));
		measurement.owns('the folder of Janus', () => rmSync(folder, { recursive: true }));
		const port = await freePort();
		for (const [name, text] of Object.entries(files(port, settings)))
			writeFileSync(join(folder, name), text);
		const given = ['-F', folder, '-C', join(folder, 'janus.jcfg'), '--disable-colors'];
		const child = spawn(janusProgram, given, { stdio: ['ignore', 'ignore', 'inherit'] });
		const ended = once(child, 'exit');
		measurement.owns('Janus', async () => {
			child.kill('SIGKILL');
			await ended;
		});
		const janus = new Janus(child.pid ?? 0, await opened(port));
		measurement.owns('the session of Janus', () => janus.#socket.close());
		janus.#session = (await janus.ask({ janus: 'create' })).data?.id ?? 0;
		const alive = setInterval(() => void janus.ask({ janus: 'keepalive' }), 20_000);
		measurement.owns('its life', () => clearInterval(alive));
		return janus;
	}

	/** One end of a plugin: each has at most one transport. */
	async attach(): Promise<number> {
		const { data } = await this.ask({ janus: 'attach', plugin: 'janus.plugin.videoroom' });
		return data?.id ?? 0;
	}

	/** Resolves as soon as media flow at this end. To be called before they can. */
	async up(handle: number): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		const late = AbortSignal.timeout(patience);
		const hear = ({ janus, sender }: Told) => {
			if (janus === 'webrtcup' && sender === handle) resolve();
		};
		this.#hear.add(hear);
		late.addEventListener('abort', () => resolve());
		await promise;
		this.#hear.delete(hear);
		late.throwIfAborted();
	}

	/** Asks the plugin. @returns its answer, also where it comes later. */
	message(handle: number, body: object, jsep?: Told['jsep']): Promise<Told> {
		return this.ask({ janus: 'message', handle_id: handle, body, ...(jsep && { jsep }) });
	}

	/** @throws {Error} with the reason of a refusal. */
	async ask(asked: Record<string, unknown>): Promise<Told> {
		const transaction = String(++this.#transactions);
		const { promise, resolve, reject } = Promise.withResolvers<Told>();
		const late = setTimeout(() => reject(new Error('Janus did not answer')), patience);
		const isAlive = asked['janus'] === 'keepalive';
		const hear = (told: Told) => {
			if (told.transaction !== transaction || (told.janus === 'ack' && !isAlive)) return;
			const refusal = told.error?.reason ?? told.plugindata?.data['error'];
			if (refusal === undefined) resolve(told);
			else reject(new Error(`Janus refused: ${JSON.stringify(refusal)}`));
		};
		this.#hear.add(hear);
		const session = this.#session ? { session_id: this.#session } : {};
		this.#socket.send(JSON.stringify({ ...asked, ...session, transaction }));
		try {
			return await promise;
		} finally {
			clearTimeout(late);
			this.#hear.delete(hear);
		}
	}
}

/** Its WebSocket, as soon as it listens. */
async function opened(port: number): Promise<WebSocket> {
	const end = performance.now() + patience;
	for (;;) {
		const socket = new WebSocket(`ws://127.0.0.1:${port}`, 'janus-protocol');
		const { promise, resolve } = Promise.withResolvers<boolean>();
		socket.addEventListener('open', () => resolve(true));
		socket.addEventListener('error', () => resolve(false));
		if (await promise) return socket;
		if (performance.now() > end) throw new Error('Janus did not start');
		await pause(100);
	}
}
