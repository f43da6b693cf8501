import type { CallObserver, RemotePeer } from '../../../web/src/lib/features/call/engine/model.ts';
import { BotRecord, joinPatience, type BotPlan } from './botRecord.ts';
import { observerOf } from './observerOf.ts';
import { loadClient, type ClientCode } from './pageModules.ts';
import { pause, withPatience } from './patience.ts';
import type { WebRtc } from './webrtc.ts';

/** How often it is looked whether the first packet is there, and for how long, in ms. */
const packetWatch = { pause: 50, most: 15_000 } as const;

/** The marks of the client between the wish to join and the first picture of another person. */
const marks = ['join-sent', 'join-answered', 'consumers-built', 'resumed', 'first-frame'] as const;

/** A client of the service in a room: the project's own, on a page of its own, with nobody before it. */
export class RoomBot {
	readonly record: BotRecord;
	#client: Pick<ClientCode, 'Call' | 'ChatClient'> | null = null;
	#call: InstanceType<ClientCode['Call']> | null = null;
	#pathKnown = false;
	#present = 0;

	constructor(plan: BotPlan, webRtc: WebRtc) {
		this.record = new BotRecord(plan, webRtc);
	}

	get plan(): BotPlan {
		return this.record.plan;
	}

	/** Loads the client's code, which takes time from all bots of the process. To be done before the first one joins. */
	async load(): Promise<void> {
		this.#client = await loadClient(this.record.page, 'room');
	}

	/** Whether it is in the room now. */
	get inside(): boolean {
		return this.record.phase === 'joined';
	}

	/** Opens the page and goes through the lobby into the room, or does it again after it left. @returns whether it is inside. */
	join(): Promise<boolean> {
		return this.record.join(async () => {
			const call = await this.#toLobby();
			await this.#intoRoom(call);
		});
	}

	leave(): void {
		this.#call?.leave();
	}

	/** Turns the microphone or the camera on or off. */
	async turn(device: 'microphone' | 'camera', on: boolean): Promise<void> {
		await this.#call?.devices.set(device, on);
	}

	/** Shares the screen. */
	async share(): Promise<void> {
		await this.#call?.startShare('text');
	}

	/** Raises the hand, or lowers it. What the service has against it is in the report. */
	async raiseHand(raised: boolean): Promise<void> {
		await this.#call?.own.raiseHand(raised).catch(() => undefined);
	}

	/** Opens the chat of the room. @returns what posts a message; its delivery to all is measured. */
	async openChat(): Promise<(text: string) => void> {
		const { record } = this;
		const [client, call] = [this.#client, this.#call];
		if (!client || !call) throw new Error('The bot is not inside.');
		let open = false;
		const chat = new client.ChatClient({
			roomId: this.plan.roomId,
			server: call.server,
			observer: observerOf((name, told) => {
				if (name === 'phase') open = (told as { kind: string }).kind === 'open';
				record.look();
			}),
			observe: () => observerOf(() => undefined),
		});
		call.server.on('chat:posted', ({ messages }) => {
			for (const { content } of messages) {
				const sentAt = content.kind === 'text' ? sentAtOf(content.body) : null;
				if (sentAt === null) continue;
				record.chat.delivered++;
				record.chat.delays.push(Date.now() - sentAt);
			}
		});
		chat.open();
		const conversation = chat.conversation(null);
		conversation.want();
		await record.until(() => open, joinPatience);
		return (text) => {
			record.chat.posted++;
			const body = `${text} ${sentMark}${Date.now()}`;
			conversation.post({ body, mentions: [], files: [], replyTo: null });
		};
	}

	close(): void {
		this.#call?.close();
	}

	async #toLobby(): Promise<InstanceType<ClientCode['Call']>> {
		const { record } = this;
		if (!this.#client) throw new Error('The bot is not loaded.');
		if (!this.#call) {
			await record.timed('session', () => record.page.load());
			const observer = observerOf<CallObserver>((name, told) => this.#onTold(name, told));
			this.#call = new this.#client.Call(this.plan.roomId, observer);
		}
		const call = this.#call;
		this.#pathKnown = false;
		call.enter();
		await record.timed('lobby', () => record.until(() => record.phase === 'lobby', joinPatience));
		// A person looks around there, while the client proves the path of the media.
		await record.timed('path', () => record.until(() => this.#pathKnown, joinPatience));
		return call;
	}

	async #intoRoom(call: InstanceType<ClientCode['Call']>): Promise<void> {
		const { record } = this;
		const others = this.#present > 0;
		const [began, packets] = [performance.now(), record.received.packets];
		await record.timed('joined', () =>
			withPatience(call.join(`Bot ${this.plan.id + 1}`), joinPatience),
		);
		// Where the room was empty, the first packet and the first picture wait for somebody to come.
		if (others) void this.#watchFirst(began, packets);
		else record.noteMarks('join', ['join-sent', 'join-answered']);
	}

	/** Notes when the first packet of another person came after so many, and the first picture. */
	async #watchFirst(began: number, packets: number): Promise<void> {
		const { record } = this;
		const end = began + packetWatch.most;
		let packet = false;
		while (this.inside && performance.now() < end) {
			if (!packet) {
				await record.sample();
				packet = record.received.packets > packets;
				if (packet) record.note('first-packet', performance.now() - began);
			}
			const pictures =
				record.page.bulk === null && [...record.peers.values()].some(({ cameraOn }) => cameraOn);
			if (packet && (!pictures || record.page.markAfter('join', 'first-frame') !== null)) break;
			await pause(packetWatch.pause);
		}
		record.noteMarks('join', marks);
	}

	#onTold<N extends keyof CallObserver>(name: N, told: unknown): void {
		const { record } = this;
		if (name === 'status') {
			const { phase } = told as Parameters<CallObserver['status']>[0];
			record.phase = phase.kind;
		}
		if (name === 'path') this.#pathKnown = (told as { kind: string }).kind !== 'checking';
		if (name === 'present') this.#present = told as number;
		if (name === 'peers') record.meet(told as readonly RemotePeer[]);
		if (name === 'peer') record.update(told as RemotePeer);
		record.look();
	}
}

const sentMark = 'sent at ';

/** When a message of a bot was written, in ms since 1970; null for others. */
function sentAtOf(body: string): number | null {
	const at = body.lastIndexOf(sentMark);
	return at < 0 ? null : Number(body.slice(at + sentMark.length));
}
