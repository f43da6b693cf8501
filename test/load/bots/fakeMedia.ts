import type { WebRtc } from './webrtc.ts';
import { stamp, type Picture } from './stamp.ts';

/** In pixels. */
export type PictureSize = { width: number; height: number };

/** What a fake camera gives. */
export type CameraSettings = PictureSize & { framesPerSecond: number };

type Track = InstanceType<WebRtc['MediaStreamTrack']>;

/** How far the picture moves from one to the next, in pixels, and after how many it is where it was. */
const movement = { step: 3, steps: 64 } as const;
const sampleRate = 48_000;
/** A browser takes sound in pieces of 10 ms. */
const piece = { ms: 10, samples: sampleRate / 100 } as const;

/** What a bot has, as a computer has it. */
export type DeviceName = 'microphone' | 'camera' | 'screen';

/** A device that gives something to send, until its track is stopped. */
export function fakeDevice(
	webRtc: WebRtc,
	device: DeviceName,
	camera: CameraSettings,
): MediaStreamTrack {
	if (device === 'microphone') return fakeMicrophone(webRtc);
	return device === 'camera' ? fakeCamera(webRtc, camera) : fakeScreen(webRtc);
}

/** A device that gives nothing, for packets that are prepared. */
export function silentDevice(
	{ nonstandard: { RTCAudioSource, RTCVideoSource } }: WebRtc,
	device: DeviceName,
	camera: CameraSettings,
): MediaStreamTrack {
	const source = device === 'microphone' ? new RTCAudioSource() : new RTCVideoSource();
	const settings = device === 'microphone' ? {} : settingsOf(device === 'screen' ? screen : camera);
	return asDevice(source.createTrack(), device, settings);
}

/**
 * A device that gives moving pictures, with the time written at their top, until its track is stopped.
 *
 * @param draw draws the picture of this number, from 0 on, over the one before.
 */
function movingPictures(
	source: InstanceType<WebRtc['nonstandard']['RTCVideoSource']>,
	device: DeviceName,
	settings: CameraSettings,
	draw: (picture: Picture, count: number) => void,
): MediaStreamTrack {
	const track = source.createTrack();
	const picture = blackPicture(settings);
	let count = 0;
	const timer = setInterval(() => {
		if (track.readyState === 'ended') return clearInterval(timer);
		draw(picture, count++);
		stamp(picture, Date.now());
		source.onFrame(picture);
	}, 1000 / settings.framesPerSecond);
	return asDevice(track, device, settingsOf(settings));
}

/** A camera that shows a pattern which moves with each picture. */
function fakeCamera(webRtc: WebRtc, settings: CameraSettings): MediaStreamTrack {
	const pattern = patternOf(settings);
	const source = new webRtc.nonstandard.RTCVideoSource();
	return movingPictures(source, 'camera', settings, (picture, count) =>
		drawInto(picture, pattern, (count % movement.steps) * movement.step),
	);
}

/** What a screen shows: as many pixels as many have, or a window on it. */
const screen = { width: 1280, height: 720, framesPerSecond: 15 } as const;
/** A line of its text is so high, in pixels, and it scrolls by one after so many pictures. */
const text = { line: 20, pictures: 15 } as const;

/** A screen with lines of text, which scroll once a second. */
function fakeScreen(webRtc: WebRtc): MediaStreamTrack {
	const source = new webRtc.nonstandard.RTCVideoSource({ isScreencast: true });
	return movingPictures(source, 'screen', screen, (picture, count) => {
		if (count % text.pictures === 0) writeInto(picture, count / text.pictures);
	});
}

/** A microphone into which a voice speaks syllables without a pause, with a beep at the begin of each second. */
function fakeMicrophone(webRtc: WebRtc): MediaStreamTrack {
	const source = new webRtc.nonstandard.RTCAudioSource();
	const track = source.createTrack();
	const second = voice();
	let due = Date.now();
	const timer = setInterval(() => {
		if (track.readyState === 'ended') return clearInterval(timer);
		// What a busy machine missed by more than a second is left out: it would be heard all at once.
		due = Math.max(due, Date.now() - 1000);
		for (; due <= Date.now(); due += piece.ms) {
			const from = Math.floor((due % 1000) / piece.ms) * piece.samples;
			const samples = second.slice(from, from + piece.samples);
			source.onData({
				samples,
				sampleRate,
				bitsPerSample: 16,
				channelCount: 1,
				numberOfFrames: piece.samples,
			});
		}
	}, 2 * piece.ms);
	return asDevice(track, 'microphone', {});
}

/** A black picture in I420. */
export function blackPicture({ width, height }: PictureSize): Picture {
	const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
	const data = new Uint8Array(width * height + 2 * chroma).fill(128, width * height);
	data.fill(16, 0, width * height);
	return { width, height, data };
}

const settingsOf = ({ width, height, framesPerSecond }: CameraSettings): MediaTrackSettings => ({
	...{ width, height },
	frameRate: framesPerSecond,
});

/** What tracks of devices have in browsers, and these do not. */
function asDevice(track: Track, label: string, settings: MediaTrackSettings): MediaStreamTrack {
	return Object.defineProperties(track as MediaStreamTrack, {
		label: { value: `fake ${label}` },
		getSettings: { value: () => ({ deviceId: label, ...settings }) },
	});
}

const patterns = new Map<string, Picture>();

/** The luma of a pattern that is wider than the picture, by as much as it moves: soft shapes, so that it takes bits to send. */
function patternOf({ width, height }: PictureSize): Picture {
	const key = `${width}x${height}`;
	const known = patterns.get(key);
	if (known) return known;
	const wide = width + movement.step * movement.steps;
	const data = new Uint8Array(wide * height);
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < wide; x++) {
			const shape = Math.sin(x / 17) * Math.cos(y / 13) + Math.sin((x + 2 * y) / 29);
			const grain = (Math.imul(x * 374_761 + y * 668_265, 1_274_126_177) >>> 28) - 8;
			data[y * wide + x] = 126 + 45 * shape + grain;
		}
	}
	const pattern = { width: wide, height, data };
	patterns.set(key, pattern);
	return pattern;
}

function drawInto(picture: Picture, pattern: Picture, offset: number): void {
	const { width, height, data } = picture;
	for (let y = 0; y < height; y++) {
		const from = y * pattern.width + offset;
		data.set(pattern.data.subarray(from, from + width), y * width);
	}
}

/** Lines of words, dark on light, beginning with this one. */
function writeInto({ width, height, data }: Picture, first: number): void {
	for (let y = 0; y < height; y++) {
		const line = first + Math.floor(y / text.line);
		const between = y % text.line > text.line - 6;
		for (let x = 0; x < width; x++) {
			const [letter, stroke] = [Math.floor(x / 10), Math.floor(x / 2) + 3 * Math.floor(y / 2)];
			const space = Math.imul(line * 31 + letter, 2_654_435_761) >>> 29 === 0;
			const dark = !between && !space && Math.imul(stroke + line * 7, 374_761_393) >>> 30 === 0;
			data[y * width + x] = dark ? 40 : 220;
		}
	}
}

/** A second of the voice, with its beep. */
export function voice(): Int16Array {
	return Int16Array.from({ length: sampleRate }, (_, sample) => {
		const time = sample / sampleRate;
		if (time < 0.05) return 9000 * Math.sin(2 * Math.PI * 1000 * time);
		const syllable = 0.55 + 0.45 * Math.sin(2 * Math.PI * 4 * time);
		const hum = Math.sin(2 * Math.PI * 150 * time) + 0.5 * Math.sin(2 * Math.PI * 450 * time);
		return 6000 * syllable * hum;
	});
}
