import type { ProducerId } from '#shared/ids.ts';
import type { Want } from '#shared/media.ts';
import type { Receiving } from '../call/people.ts';
import { cameraOf, partsOf } from './guests.ts';
import type { DemoLink } from './link.ts';
import { Pictures } from './pictures.ts';
import { Voices } from './voices.ts';

/** What would be received from a server is made here instead: pictures and voices of simulated people. */
export class Reception implements Receiving {
	readonly pictures = new Pictures();
	readonly voices = new Voices();

	constructor(link: DemoLink) {
		link.answer({ 'media:want': () => ({ consumers: [], unavailable: [] }) });
		link.on('producer:closed', ({ producerId }) => this.pictures.drop(producerId));
		link.on('peer:left', ({ peerId }) => {
			const { number } = partsOf(peerId);
			this.pictures.drop(cameraOf(number));
			this.voices.drop(number);
		});
		link.on('room:speakers', ({ speaking }) => {
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

	/** Draws what is looked at, and nothing else. */
	keepOnly(wants: readonly Want[]): void {
		for (const want of wants) this.pictures.show(want.producerId, want);
	}

	async add(): Promise<void> {
		// Nothing comes from anywhere.
	}

	async reconcile(): Promise<void> {
		// As above.
	}

	async expect(): Promise<void> {
		// As above.
	}

	arrive(): void {
		// What they send is drawn when it is looked at.
	}

	close(): void {
		this.pictures.close();
		this.voices.stop();
	}
}
