import type { ShownPicture } from './shownPictures.ts';

/** What a page tells since it was asked last. */
export type Watched = {
	now: number;
	pictures: ShownPicture[];
	/** Streams whose pictures are shown now. */
	live: number[];
	/** How many voices are listened to. */
	voices: number;
	/** When each beep was heard, in ms since 1970, and for how long sound was missing, in ms. */
	beeps: number[];
	gaps: number[];
};

declare global {
	interface Window {
		/** What was seen and heard since it was asked last. */
		watched(): Watched;
	}
}

/** Where the cells of the time stand, and the code of the worklet that listens. */
export type WatchOptions = { columns: number; rows: number; cellsHigh: number; worklet: string };

/** Runs in the page before its own scripts: reads the time from each picture that is shown, and listens to each voice. */
export function watchPage({ columns, rows, cellsHigh, worklet }: WatchOptions): void {
	/** How often it is looked for new elements, in ms. */
	const look = 200;
	/** Each cell is read from the middle of so many pixels. */
	const cell = { width: 10, height: 6 };
	let told: Pick<Watched, 'pictures' | 'beeps' | 'gaps'> = { pictures: [], beeps: [], gaps: [] };
	const canvas = new OffscreenCanvas(columns * cell.width, rows * cell.height);
	const context = canvas.getContext('2d', { willReadFrequently: true });

	function cellsOf(video: HTMLVideoElement): string {
		const { width, height } = canvas;
		const high = (video.videoHeight * rows) / cellsHigh;
		context?.drawImage(video, 0, 0, video.videoWidth, high, 0, 0, width, height);
		const data = context?.getImageData(0, 0, width, height).data ?? [];
		let cells = '';
		for (let row = 0; row < rows; row++)
			for (let column = 0; column < columns; column++) {
				const [x, y] = [(column + 0.5) * cell.width, (row + 0.5) * cell.height];
				cells += (data[4 * (y * width + x) + 1] ?? 0) > 127 ? '1' : '0';
			}
		return cells;
	}

	const streams = new Map<HTMLVideoElement, { of: MediaProvider | null; number: number }>();
	let count = 0;
	function watchVideo(video: HTMLVideoElement): void {
		const shown = (
			_: number,
			{ expectedDisplayTime, presentedFrames }: VideoFrameCallbackMetadata,
		) => {
			if (!streams.has(video)) return;
			video.requestVideoFrameCallback(shown);
			let stream = streams.get(video);
			if (!stream || stream.of !== video.srcObject)
				streams.set(video, (stream = { of: video.srcObject, number: count++ }));
			const at = Date.now() + expectedDisplayTime - performance.now();
			told.pictures.push([stream.number, at, presentedFrames, cellsOf(video)]);
		};
		streams.set(video, { of: null, number: count++ });
		video.requestVideoFrameCallback(shown);
	}

	const audio = new AudioContext();
	const ready = audio.audioWorklet.addModule(
		URL.createObjectURL(new Blob([worklet], { type: 'text/javascript' })),
	);
	const voices = new Map<string, () => void>();
	async function listen(track: MediaStreamTrack): Promise<void> {
		voices.set(track.id, () => undefined);
		await ready;
		const source = audio.createMediaStreamSource(new MediaStream([track]));
		const watch = new AudioWorkletNode(audio, 'sound-watch');
		watch.port.onmessage = ({ data }: MessageEvent<{ beep?: number; gap?: number }>) => {
			if (data.beep !== undefined) told.beeps.push(data.beep);
			if (data.gap !== undefined) told.gaps.push(data.gap);
		};
		// What it puts out is silence; without a way out it would not be asked for any.
		source.connect(watch).connect(audio.destination);
		voices.set(track.id, () => source.disconnect());
	}

	setInterval(() => {
		const videos = new Set(document.querySelectorAll('video'));
		for (const video of videos) if (!streams.has(video)) watchVideo(video);
		for (const video of streams.keys()) if (!videos.has(video)) streams.delete(video);
		const tracks = [...document.querySelectorAll('audio')].flatMap(({ srcObject }) =>
			srcObject instanceof MediaStream ? srcObject.getAudioTracks() : [],
		);
		for (const track of tracks) if (!voices.has(track.id)) void listen(track);
		for (const [id, end] of voices) {
			if (tracks.some((track) => track.id === id)) continue;
			end();
			voices.delete(id);
		}
	}, look);

	window.watched = () => {
		const live = [...streams].flatMap(([video, { of, number }]) =>
			of !== null && of === video.srcObject ? [number] : [],
		);
		const since = { ...told, live, voices: voices.size, now: Date.now() };
		told = { pictures: [], beeps: [], gaps: [] };
		return since;
	};
}
