import type { Device, Producer, ProducerOptions, Transport } from 'mediasoup-client/types';
import type { CodedError } from '#shared/errors.ts';
import type { ProducerId } from '#shared/ids.ts';
import type { Data, Sent } from '#shared/protocol.ts';
import type { FrameGuard } from '#lib/encryption/frameGuard.ts';
import type { Ask } from '#lib/connection/signalClient.ts';
import type { CommandQueue } from './commandQueue.ts';
import { toWireParameters } from './rtp.ts';

type TransportsLobby = Pick<Data<'lobby:enter'>, 'iceServers' | 'sendTransport' | 'recvTransport'>;
type Direction = Sent<'media:connect'>['direction'];
type Own = Omit<Sent<'media:produce'>, 'rtpParameters'>;
/** Called when the server refuses a command. Without it, a refusal ends the session. */
type Refused = ((error: CodedError) => void) | undefined;

/**
 * The two transports of a session. What mediasoup-client asks the server on the way is
 * stated without waiting for the answer: the server carries requests out in order.
 */
export class Transports {
	readonly send: Transport;
	readonly recv: Transport;
	readonly #ask: Ask;
	readonly #commands: CommandQueue;
	readonly #guard: FrameGuard | undefined;
	/** The producers being made, until their RTP parameters are known. */
	readonly #coming = new Map<string, { own: Own; refused: Refused }>();
	/** How each producer was stated, to state it again. */
	readonly #made = new Map<string, { input: Sent<'media:produce'>; refused: Refused }>();

	constructor(
		device: Device,
		lobby: TransportsLobby,
		ask: Ask,
		commands: CommandQueue,
		guard?: FrameGuard,
	) {
		this.#ask = ask;
		this.#guard = guard;
		this.#commands = commands;
		const common = { iceServers: lobby.iceServers, additionalSettings: guard?.settings };
		this.send = device.createSendTransport({ ...lobby.sendTransport, ...common });
		this.recv = device.createRecvTransport({ ...lobby.recvTransport, ...common });
		this.#bindConnect('send', this.send);
		this.#bindConnect('recv', this.recv);
		this.send.on('produce', ({ rtpParameters: parameters, appData }, done, failed) => {
			const coming = this.#coming.get(String(appData['producerId']));
			if (!coming) return failed(new Error('unannounced producer'));
			const { own, refused } = coming;
			this.#coming.delete(own.producerId);
			const input = { ...own, rtpParameters: toWireParameters(parameters) };
			this.#made.set(own.producerId, { input, refused });
			this.stateProducer(own.producerId);
			done({ id: own.producerId });
		});
	}

	/** Makes a producer under the client's own id. */
	produce(own: Own, options: ProducerOptions, refused?: Refused): Promise<Producer> {
		const { producerId } = own;
		this.#coming.set(producerId, { own, refused });
		const guard = this.#guard;
		return this.send.produce({
			...options,
			appData: { producerId },
			onRtpSender: guard && ((sender) => guard.send(sender, producerId, own.source)),
		});
	}

	/** States a producer to the server, for the first time or because the server lost it. */
	stateProducer(producerId: string): void {
		const made = this.#made.get(producerId);
		if (!made) return;
		const { input, refused } = made;
		const send = () => this.#ask('media:produce', input);
		this.#commands.send(`produce:${producerId}`, send, refused);
	}

	/** States the present state of a producer to the server. */
	stateUpdate(input: Sent<'media:update'>): void {
		const { producerId } = input;
		const send = () => this.#ask('media:update', input);
		this.#commands.send(`update:${producerId}`, send, this.#made.get(producerId)?.refused);
	}

	/** States to the server that a producer has ended. Nothing else is stated of it after that. */
	stateEnd(producerId: ProducerId): void {
		if (!this.#made.delete(producerId)) return;
		this.#commands.forget(`produce:${producerId}`);
		this.#commands.forget(`update:${producerId}`);
		const send = () => this.#ask('media:close', { producerId });
		// A producer that the server does not have has ended as well.
		this.#commands.send(`close:${producerId}`, send, () => undefined);
	}

	/** Requests the STUN and TURN servers, which the server names once the person may join (MEDIA-18). Never rejects. */
	async renewIceServers(): Promise<void> {
		try {
			const { iceServers } = await this.#ask('media:ice-servers', {});
			if (iceServers.length === 0) return;
			await Promise.all([this.send, this.recv].map((end) => end.updateIceServers({ iceServers })));
		} catch {
			// The next restart of ICE brings them.
		}
	}

	close(): void {
		this.send.close();
		this.recv.close();
	}

	#bindConnect(direction: Direction, transport: Transport): void {
		transport.on('connect', ({ dtlsParameters }, done) => {
			const input = { direction, dtlsParameters };
			this.#commands.send(`connect:${direction}`, () => this.#ask('media:connect', input));
			done();
		});
	}
}
