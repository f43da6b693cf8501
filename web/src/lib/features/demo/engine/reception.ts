import type { ProducerId } from '#shared/ids.ts';
import type { Want } from '#shared/media.ts';
import type { Receiving } from '#lib/features/call/engine/peers/remotePeers.ts';
import { cameraOf, partsOf } from './guests.ts';
import type { DemoServer } from './demoServer.ts';
import { Pictures } from './pictures.ts';
import { Voices } from './voices.ts';

/** Makes the pictures and voices of simulated people, in place of media from a server. */
export class Reception implements Receiving {
	readonly pictures = new Pictures();
	readonly voices = new Voices();

	constructor(server: DemoServer) {
		server.answer({ 'media:want': () => ({ consumers: [], unavailable: [] }) });
		server.on('producer:closed', ({ producerId }) => this.pictures.drop(producerId));
		server.on('peer:left', ({ peerId }) => {
			const { number } = partsOf(peerId);
			this.pictures.drop(cameraOf(number));
			this.voices.drop(number);
		});
		server.on('room:speakers', ({ speaking }) => {
			const numbers = speaking.map((peerId) => partsOf(peerId).number);
			this.pictures.speak(numbers);
			this.voices.speak(numbers);
		});
	}

	stream(producerId: ProducerId): MediaStream | null {
		const { of, number } = partsOf(producerId);
		if (of === 'microphone') return this.voices.stream(number);
		return this.pictures.stream(producerId, of === 'share' ? 'screen' : 'person', number);
	}

	/** Draws only the pictures that are shown. */
	keepOnly(wants: readonly Want[]): void {
		for (const want of wants) this.pictures.show(want.producerId, want);
	}

	async add(): Promise<void> {
		// Nothing comes from anywhere.
	}

	async reconcile(): Promise<void> {
		// As above.
	}

	async preSubscribe(): Promise<void> {
		// As above.
	}

	awaitPictures(): void {
		// Pictures are drawn once they are shown.
	}

	close(): void {
		this.pictures.close();
		this.voices.stop();
	}
}
