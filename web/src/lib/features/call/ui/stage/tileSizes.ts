import type { Attachment } from 'svelte/attachments';
import { limits } from '#shared/limits.ts';
import type { PeerId } from '#shared/ids.ts';
import type { TileSize } from '../../engine/model.ts';

const nothing: TileSize = { width: 0, height: 0 };

const pageIsHidden = (): boolean => document.visibilityState === 'hidden';

/** The size of an element's content in device pixels: the most that a picture in it can use. */
function sizeOf(entry: ResizeObserverEntry): TileSize {
	const [pixels] = entry.devicePixelContentBoxSize ?? [];
	const ratio = window.devicePixelRatio;
	const width = pixels?.inlineSize ?? entry.contentRect.width * ratio;
	const height = pixels?.blockSize ?? entry.contentRect.height * ratio;
	const bounded = (edge: number): number => Math.min(limits.pixels, Math.round(edge));
	return { width: bounded(width), height: bounded(height) };
}

/**
 * Reports the size of each peer's tile when it changes: 0 by 0 when the tile is gone, and while the page is hidden.
 * One observer watches all tiles.
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

	/** Watches the element that shows a peer for as long as the element is on the page. */
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
			// Safari does not support this box.
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
 * Reports the size of an element in device pixels when it changes: 0 by 0 when the element is gone. An element in
 * another window is measured by that window, because a hidden page does not measure.
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
