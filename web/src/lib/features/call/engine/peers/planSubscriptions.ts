import type { PeerId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { Want } from '#shared/media.ts';
import { kindOfSource } from '#shared/mediaSource.ts';
import type { FirstPage } from '#shared/room.ts';
import type { Place, TileSize, VideoMode } from '../model.ts';
import type { KnownPeer } from './peerStore.ts';

/* The rules of `media:want`: pure functions from the peers and the sizes of their tiles to the request to the server. */

/** Tiles of the largest grid, without the own one. */
const mostVideos = 24;

/** The steps, in pixels, in which tile sizes are stated to the server, so that resizing a window causes few requests. */
const step = { small: 20, large: 40, from: 400 } as const;

/** The highest priority: without sound there is no conversation, and a share is there to be read. */
const audioPriority = 255;
const sharePriority = 255;
const videoPriority = { least: 1, most: 200 } as const;

/** The edge of a tile as it is stated to the server: rounded down, but at least one step while the tile is visible. */
export function roundEdge(edge: number): number {
	if (!(edge > 0)) return 0;
	const by = edge > step.from ? step.large : step.small;
	return Math.min(limits.pixels, Math.max(step.small, Math.floor(edge / by) * by));
}

/** The size of a tile as it is stated to the server: without an area it is not visible. */
export function roundTile({ width, height }: TileSize): TileSize {
	const rounded = { width: roundEdge(width), height: roundEdge(height) };
	return rounded.width > 0 && rounded.height > 0 ? rounded : { width: 0, height: 0 };
}

/**
 * The first page of tiles before they can be measured: a guess from the window, in CSS pixels, and the number of other
 * people. The layout's tiles correct it at once.
 */
export function firstPage(
	window: { width: number; height: number; pixelRatio: number },
	others: number,
	mode: VideoMode,
): FirstPage {
	if (mode === 'audio') return { videos: 0, ...nothing };
	if (mode === 'save') return { videos: mostVideos, ...smallest };
	const tiles = Math.min(mostVideos, Math.max(1, others));
	const columns = Math.ceil(Math.sqrt(tiles));
	const rows = Math.ceil(tiles / columns);
	const [across, down] = window.width >= window.height ? [columns, rows] : [rows, columns];
	const edge = (length: number, count: number) =>
		Math.max(step.small, roundEdge((length * window.pixelRatio) / count));
	return {
		videos: mostVideos,
		width: edge(window.width, across),
		height: edge(window.height, down),
	};
}

/** How large each peer's camera and share are shown. */
export type Tiles = Record<'camera' | 'screen', ReadonlyMap<PeerId, TileSize>>;

/** What may be seen now, whichever tiles there are. */
export type Sight = {
	tiles: Record<Place, Tiles>;
	/** Whether the page is hidden. A small window of its own is not hidden with it. */
	hidden: boolean;
	mode: VideoMode;
};

const nothing: TileSize = { width: 0, height: 0 };
/** As a tile it is filled by the smallest picture there is. */
const smallest: TileSize = { width: step.small, height: step.small };

/** The size at which a tile of this size loads its video. */
export function loadedIn(mode: VideoMode, size: TileSize): TileSize {
	if (mode === 'audio') return nothing;
	return mode === 'save' && size.width > 0 ? smallest : size;
}

/** How large a peer's picture is to be: the larger of its places, and small or not at all where data is saved. */
export function sizeIn(
	{ tiles, hidden, mode }: Sight,
	source: keyof Tiles,
	peerId: PeerId,
	unmeasured: TileSize,
): TileSize {
	if (mode === 'audio') return nothing;
	const onPage = hidden ? nothing : roundTile(tiles.page[source].get(peerId) ?? unmeasured);
	const inWindow = roundTile(tiles.window[source].get(peerId) ?? nothing);
	const larger = areaOf(inWindow) > areaOf(onPage) ? inWindow : onPage;
	return source === 'camera' ? loadedIn(mode, larger) : larger;
}

/**
 * The full set of what to receive: all that can be heard, and every picture at the size of its tile. A
 * peer whose tile was not measured yet counts as `guess` large while the page has room for it; a share
 * does in any case, for it takes the stage.
 */
export function planSubscriptions(
	peers: Iterable<KnownPeer>,
	sight: Sight,
	guess: FirstPage,
): Want[] {
	const audio: Want[] = [];
	const shares: Want[] = [];
	const video: Want[] = [];
	for (const { peerId, producers } of peers) {
		for (const { producerId, source } of producers.values()) {
			if (kindOfSource[source] === 'audio') {
				audio.push({ producerId, ...nothing, priority: audioPriority });
				continue;
			}
			const isShare = source === 'screen';
			const unmeasured = isShare || video.length < guess.videos ? guess : nothing;
			const seenAs = isShare ? 'screen' : 'camera';
			const { width, height } = sizeIn(sight, seenAs, peerId, unmeasured);
			const priority = isShare ? sharePriority : videoPriority.least;
			(isShare ? shares : video).push({ producerId, width, height, priority });
		}
	}
	const largest = Math.max(1, ...video.map(areaOf));
	const span = videoPriority.most - videoPriority.least;
	for (const want of video) {
		want.priority = videoPriority.least + Math.round((span * areaOf(want)) / largest);
	}
	// Beyond the limit the smallest pictures go first, then shares, sound last.
	const first = [...audio, ...shares].slice(0, limits.wants);
	const room = limits.wants - first.length;
	const kept =
		video.length > room ? [...video].sort((a, b) => areaOf(b) - areaOf(a)).slice(0, room) : video;
	return [...first, ...kept];
}

const areaOf = ({ width, height }: TileSize) => width * height;

/** Whether two sets of wants are equal, in any order. */
export function sameSubscriptions(a: readonly Want[], b: readonly Want[]): boolean {
	if (a.length !== b.length) return false;
	const byId = new Map(a.map((want) => [want.producerId, want]));
	return b.every((want) => {
		const other = byId.get(want.producerId);
		return (
			other?.width === want.width &&
			other.height === want.height &&
			other.priority === want.priority
		);
	});
}
