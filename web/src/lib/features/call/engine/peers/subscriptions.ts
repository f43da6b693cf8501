import type { PeerId } from '#shared/ids.ts';
import type { ConsumerInfo, Want } from '#shared/media.ts';
import type { FirstPage } from '#shared/room.ts';
import type { Place, TileSize, VideoMode } from '../model.ts';
import type { KnownPeer } from './peerStore.ts';
import type { Ask } from '#lib/connection/signalClient.ts';
import {
	planSubscriptions,
	roundTile,
	sameSubscriptions,
	sizeIn,
	type Sight,
	type Tiles,
} from './planSubscriptions.ts';

/** Changes of tiles are gathered for this long, in milliseconds. */
const gather = 100;
/** How long to wait after the server had no time for a want, in milliseconds. */
const again = 1000;

const newTiles = () => ({
	camera: new Map<PeerId, TileSize>(),
	screen: new Map<PeerId, TileSize>(),
});

export type SubscriptionEvents = {
	peers(): Iterable<KnownPeer>;
	/** The wants to send to the server from now on. */
	wanted(wants: readonly Want[]): void;
	/** The server made these. */
	made(consumers: readonly ConsumerInfo[]): void;
};

/** Keeps the server informed of the media that this client wants. While it is off, changes are only remembered. */
export class Subscriptions {
	readonly #ask: Ask;
	readonly #events: SubscriptionEvents;
	readonly #tiles = { page: newTiles(), window: newTiles() };
	#mode: VideoMode = 'full';
	#guess: FirstPage = { videos: 0, width: 0, height: 0 };
	#told: readonly Want[] | null = null;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#due = 0;
	#on = false;
	#closed = false;

	constructor(ask: Ask, events: SubscriptionEvents) {
		this.#ask = ask;
		this.#events = events;
		document.addEventListener('visibilitychange', this.#onVisibility);
	}

	/** Begins after a join, which asked for the first page. The tiles correct it when they are measured. */
	start(guess: FirstPage): void {
		this.#guess = guess;
		this.#on = true;
		this.#told = null;
		// Without pictures there are no tiles to wait for, and screens that come with the join are not to flow.
		this.#due = performance.now() + (this.#mode === 'audio' ? 0 : gather);
		this.#soon();
	}

	/** How much video is wanted from now on. */
	setMode(mode: VideoMode): void {
		this.#mode = mode;
		this.#flush();
	}

	/** Stops informing the server: there is no connection. */
	stop(): void {
		this.#on = false;
		this.#told = null;
		this.#clear();
	}

	/** A peer's picture, or their share, is this large in this place now. */
	show(source: keyof Tiles, peerId: PeerId, size: TileSize, place: Place): void {
		const tiles = this.#tiles[place][source];
		const rounded = roundTile(size);
		const known = tiles.get(peerId);
		if (known?.width === rounded.width && known.height === rounded.height) return;
		tiles.set(peerId, rounded);
		this.#soon();
	}

	/** A peer joined, left, or changed a producer: the server is told before the tile is measured. */
	refresh(): void {
		if (performance.now() < this.#due) this.#soon();
		else this.#flush();
	}

	/** Whether the camera or the screen of a peer is shown at any size, or will be as soon as it is measured. */
	isVisible(source: keyof Tiles, peerId: PeerId): boolean {
		return sizeIn(this.#sight, source, peerId, { width: 1, height: 1 }).width > 0;
	}

	/** Forgets the tiles of a peer that is gone. */
	forget(peerId: PeerId): void {
		for (const { camera, screen } of Object.values(this.#tiles)) {
			camera.delete(peerId);
			screen.delete(peerId);
		}
	}

	close(): void {
		this.#closed = true;
		this.stop();
		document.removeEventListener('visibilitychange', this.#onVisibility);
	}

	get #sight(): Sight {
		const hidden = document.visibilityState === 'hidden';
		return { tiles: this.#tiles, hidden, mode: this.#mode };
	}

	readonly #onVisibility = (): void => this.#flush();

	/** Sends the wants at once if none were sent lately, otherwise when the time to gather them is over. */
	#soon(): void {
		if (!this.#on || this.#timer !== null) return;
		const wait = Math.max(0, this.#due - performance.now());
		this.#timer = setTimeout(() => this.#flush(), wait);
	}

	#clear(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}

	#flush(): void {
		this.#clear();
		if (!this.#on) return;
		this.#forgetEndedShares();
		const wants = planSubscriptions(this.#events.peers(), this.#sight, this.#guess);
		if (this.#told && sameSubscriptions(wants, this.#told)) return;
		this.#told = wants;
		this.#due = performance.now() + gather;
		this.#events.wanted(wants);
		void this.#tell(wants);
	}

	/** Forgets the tiles of ended shares, so that the next share of the same peer counts as not measured yet. */
	#forgetEndedShares(): void {
		for (const { peerId, producers } of this.#events.peers()) {
			const shares = [...producers.values()].some(({ source }) => source === 'screen');
			if (!shares) this.#tiles.page.screen.delete(peerId);
		}
	}

	async #tell(wants: readonly Want[]): Promise<void> {
		try {
			const { consumers } = await this.#ask('media:want', { wants: [...wants] });
			if (!this.#closed && consumers.length > 0) this.#events.made(consumers);
		} catch {
			// The wants were lost with the connection, and are sent after the next join; or the server refused them for now.
			if (this.#told !== wants || this.#closed) return;
			this.#told = null;
			this.#due = performance.now() + again;
			this.#soon();
		}
	}
}
