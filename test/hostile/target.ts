import { newRoomId, type RoomId } from '../../shared/ids.ts';
import { TestClient } from '../support/client.ts';
import { Watched } from '../support/watched.ts';
import { askOnce } from '../support/wire.ts';

/** Where bystanders come from: no budget by address that attackers use up is theirs. */
const apart = '127.2.0.1';
/** How long the service may take to give back what a batch took, in ms. */
const settling = 8_000;
/** So long a few connections may stay after a batch, in ms, and so many of them: the next one need not wait for their end. */
const lingering = { ms: 300, connections: 30 };
/** The most that one turn of the main thread may compute, in ms of a core. */
const longestTurn = 60;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What of `now` is not in `before`. */
function newOnes(before: readonly string[], now: readonly string[]): string[] {
	const left = [...before];
	return now.filter((name) => {
		const index = left.indexOf(name);
		if (index >= 0) left.splice(index, 1);
		return index < 0;
	});
}

/** Names, each once, with how often it is there. */
const counted = (names: readonly string[]): string =>
	[...new Set(names)]
		.map((name) => `${names.filter((other) => other === name).length} × ${name}`)
		.join(', ');

/** A service under attack, with people who only want to go on. */
export class Target {
	readonly #environment: Record<string, string>;
	#service: Watched | null = null;
	#bystanders: TestClient[] = [];
	#roomId: RoomId = newRoomId();
	#workers: number[] = [];
	#descriptors: string[] = [];
	#block = 0;

	/** @param environment settings besides those that every test has. */
	constructor(environment: Record<string, string> = {}) {
		this.#environment = environment;
	}

	get service(): Watched {
		if (!this.#service) throw new Error('there is no service');
		return this.#service;
	}

	get url(): string {
		return this.service.url;
	}

	/** The room of one of the bystanders. The other one is elsewhere. */
	get roomId(): RoomId {
		return this.#roomId;
	}

	/** An address for an attacker, in the block of this batch. */
	from(index = 0): string {
		return `127.1.${this.#block % 250}.${1 + (index % 250)}`;
	}

	/** A client at the attackers' address. */
	connect(index = 0): Promise<TestClient> {
		return TestClient.connect(this.service, { from: this.from(index) });
	}

	/**
	 * Carries out one batch and looks at what it did. After a failure the next batch meets a new service.
	 *
	 * @param further what must still be possible after it, besides what is always looked at. Throws what is not.
	 * @throws {Error} that says all that is wrong.
	 */
	async survives(batch: () => Promise<void>, further?: () => Promise<void>): Promise<void> {
		await this.ready();
		this.#block++;
		const wrong: string[] = [];
		const attempt = async (what: string, step: () => Promise<void>) => {
			if (!this.service.alive) return;
			try {
				await step();
			} catch (error) {
				wrong.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
			}
		};
		await attempt('the attack could not be carried out', batch);
		// A process that ends does so within a moment.
		await pause(20);
		await attempt('a bystander', () => this.#ask());
		if (further) await attempt('a bystander', further);
		await attempt('the main thread', async () => {
			if ((await this.service.gauge()).longestTurn <= longestTurn) return;
			// What runs for the first time is compiled, once. What the batch costs it costs again.
			await batch();
			await pause(20);
			const { longestTurn: most } = await this.service.gauge();
			if (most > longestTurn) throw new Error(`computed ${Math.round(most)} ms in one turn`);
		});
		await attempt('open descriptors', () => this.settles(false));
		const [before, now] = [String(this.#workers), String(this.service.workers())];
		if (!this.service.alive) wrong.push(`the service ${this.service.end}`);
		else if (now !== before) wrong.push(`the workers were ${before} and are ${now}`);
		else wrong.push(...this.service.errors().map((line) => `an error in the log: ${line}`));
		if (wrong.length === 0) return;
		await this.close();
		throw new Error(wrong.join('\n'));
	}

	async close(): Promise<void> {
		for (const client of this.#bystanders.splice(0)) client.close();
		const service = this.#service;
		this.#service = null;
		await service?.close();
	}

	/** A service that runs, with a bystander in the room and one in another. */
	async ready(): Promise<void> {
		if (this.#service) return;
		this.#service = await Watched.start(this.#environment);
		this.#roomId = newRoomId();
		for (const roomId of [this.#roomId, newRoomId()]) {
			const client = await TestClient.connect(this.service, { from: apart });
			await client.join(roomId, 'Bystander');
			await client.ask('chat:open', { roomId });
			this.#bystanders.push(client);
		}
		// What is opened for the first request of a kind stays open: the thread of the hashes, too.
		await this.#ask();
		await askOnce(this.url, apart, {
			method: 'POST',
			path: '/api/account/sign-in',
			headers: [['Content-Type', 'application/json']],
			body: JSON.stringify({ userName: 'nobody', password: 'a wrong password' }),
		});
		this.#workers = this.service.workers();
		this.#descriptors = this.service.descriptors();
		await this.service.gauge();
		this.service.errors();
	}

	/** All bystanders ask for what people ask for. */
	async #ask(): Promise<void> {
		const page = await askOnce(this.url, apart, { path: '/healthz' });
		if (page.status !== 200) throw new Error(`/healthz answered ${page.status}`);
		for (const client of this.#bystanders) {
			if (!client.socket.connected) throw new Error('was cut off');
			await client.ask('media:hearing', {});
		}
	}

	/**
	 * Waits until no more is open than before the first batch.
	 *
	 * @param entirely whether a few connections may not stay for a moment, either.
	 */
	async settles(entirely = true): Promise<void> {
		const began = Date.now();
		for (;;) {
			const more = newOnes(this.#descriptors, this.service.descriptors());
			const waited = Date.now() - began;
			if (more.length === 0) return;
			const lingers =
				more.every((name) => name === 'socket') && more.length <= lingering.connections;
			if (!entirely && lingers && waited > lingering.ms) return;
			if (waited > settling) throw new Error(`new ones stay: ${counted(more)}`);
			await pause(20);
		}
	}
}
