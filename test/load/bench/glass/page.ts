/**
 * Runs in pages before their own scripts. The camera shows a pattern that moves, with the time at its top, and what is
 * received is read: how old each picture is when the page has it to show.
 */
import { readStamp, stamp } from '../../bots/stamp.ts';

const size = { width: 640, height: 360 } as const;
const framesPerSecond = 20;
/** The stamp is in this part of the picture, from the top. */
const stamped = 3 / 16;
/** The size at which a received picture is read. */
const read = { width: 160, height: 64 } as const;

declare global {
	interface Window {
		glass: {
			/** Reads what this video shows from now on. */
			read: (video: HTMLVideoElement) => void;
			/** How old each of its pictures was, in ms. */
			delays: number[];
		};
	}
}

/** A canvas of this size and what draws on it. */
function drawing(width: number, height: number) {
	const canvas = document.createElement('canvas');
	[canvas.width, canvas.height] = [width, height];
	const context = canvas.getContext('2d', { willReadFrequently: true });
	if (!context) throw new Error('there is no canvas');
	return { canvas, context };
}

function camera(): MediaStreamTrack {
	const { width, height } = size;
	const { canvas, context } = drawing(width, height);
	const [track] = canvas.captureStream(0).getVideoTracks() as CanvasCaptureMediaStreamTrack[];
	if (!track) throw new Error('there is no track');
	const rows = Math.ceil(height * stamped);
	const luma = new Uint8Array(width * rows);
	const top = context.createImageData(width, rows);
	let count = 0;
	setInterval(() => {
		context.fillStyle = '#446';
		context.fillRect(0, rows, width, height - rows);
		context.fillStyle = '#fc8';
		for (let shape = 0; shape < 8; shape++)
			context.fillRect((shape * 97 + count * 3) % width, rows + shape * 34, 40, 30);
		count++;
		stamp({ width, height, data: luma }, Date.now());
		for (const [index, grey] of luma.entries()) top.data.set([grey, grey, grey, 255], index * 4);
		context.putImageData(top, 0, 0);
		track.requestFrame();
	}, 1000 / framesPerSecond);
	return track;
}

const { width, height } = read;
const rows = height * stamped;
const { context } = drawing(width, rows);
const luma = new Uint8Array(width * rows);

window.glass = {
	delays: [],
	read: (video) => {
		const look = (): void => {
			const { videoWidth, videoHeight } = video;
			context.drawImage(video, 0, 0, videoWidth, videoHeight * stamped, 0, 0, width, rows);
			const { data } = context.getImageData(0, 0, width, rows);
			for (const index of luma.keys()) luma[index] = data[index * 4 + 1] ?? 0;
			const at = readStamp({ width, height, data: luma });
			if (at !== null) window.glass.delays.push(Date.now() - at);
			video.requestVideoFrameCallback(look);
		};
		video.requestVideoFrameCallback(look);
	},
};

if (navigator.mediaDevices) {
	const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
	navigator.mediaDevices.getUserMedia = async (constraints) => {
		if (!constraints?.video) return getUserMedia(constraints);
		const sound = constraints.audio ? await getUserMedia({ audio: constraints.audio }) : null;
		return new MediaStream([camera(), ...(sound?.getTracks() ?? [])]);
	};
}
