import type { Attachment } from 'svelte/attachments';
import { limits } from '#shared/limits.ts';
import type { PeerId } from '#shared/ids.ts';
import type { TileSize } from '../../engine/model.ts';

const nothing: TileSize = { width: 0, height: 0 };

const pageIsHidden = (): boolean => document.visibilityState === 'hidden';

/** The content of an element in device pixels, which is what a picture in it needs at most. */
function sizeOf(entry: ResizeObserverEntry): TileSize {
	const [pixels] = entry.devicePixelContentBoxSize ?? [];
	const ratio = window.devicePixelRatio;
	const width = pixels?.inlineSize ?? entry.contentRect.width * ratio;
	const height = pixels?.blockSize ?? entry.contentRect.height * ratio;
	const bounded = (edge: number): number => Math.min(limits.pixels, Math.round(edge));
	return { width: bounded(width), height: bounded(height) };
}

/**
 * Knows how large each peer's tile is and says so whenever it changes: 0 by 0 when the tile is gone
 * and while the whole page is hidden. One observer watches all tiles.
 */
export class TileSizes {
	readonly #report: (peerId: PeerId, size: TileSize) => void;
	readonly #tiles = new Map<Element, { peerId: PeerId; size: TileSize }>();
	readonly #observer: ResizeObserver;

	constructor(report: (peerId: PeerId, size: TileSize) => void) {
		this.#report = report;
		this.#observer = new ResizeObserver((entries) => {
			for (const entry of entries) {
				const tile = this.#tiles.get(entry.target);
				if (!tile) continue;
				tile.size = sizeOf(entry);
				if (!pageIsHidden()) report(tile.peerId, tile.size);
			}
		});
		document.addEventListener('visibilitychange', this.#visibilityChanged);
	}

	/** Watches the element that shows a peer for as long as it is there. */
	of(peerId: PeerId): Attachment {
		return (element) => {
			this.#tiles.set(element, { peerId, size: nothing });
			this.#observe(element);
			return () => {
				this.#observer.unobserve(element);
				this.#tiles.delete(element);
				this.#report(peerId, nothing);
			};
		};
	}

	close(): void {
		this.#observer.disconnect();
		document.removeEventListener('visibilitychange', this.#visibilityChanged);
	}

	#observe(element: Element): void {
		try {
			this.#observer.observe(element, { box: 'device-pixel-content-box' });
		} catch {
			// Safari does not know this box.
			this.#observer.observe(element);
		}
	}

	readonly #visibilityChanged = (): void => {
		for (const { peerId, size } of this.#tiles.values()) {
			this.#report(peerId, pageIsHidden() ? nothing : size);
		}
	};
}

/**
 * Says how large an element is, in device pixels, whenever that changes; 0 by 0 when it is gone. In another
 * window than the page's it is that window which measures, for a hidden page does not.
 */
export function sizeWatch(report: (size: TileSize) => void): Attachment {
	return (element) => {
		const { ownerDocument } = element;
		const { ResizeObserver } = ownerDocument.defaultView ?? window;
		const observer = new ResizeObserver(([entry]) => {
			if (entry && ownerDocument.visibilityState !== 'hidden') report(sizeOf(entry));
		});
		observer.observe(element);
		return () => {
			observer.disconnect();
			report(nothing);
		};
	};
}
