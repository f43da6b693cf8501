import type { Page } from 'playwright/test';

declare global {
	interface Window {
		/** What was shared last, to be ended as the browser's own button does. */
		picked?: MediaStream;
		/** Constraints that the page asked the picker for. */
		asked?: DisplayMediaStreamOptions;
	}
}

/**
 * The machine has no screen: a canvas takes its place, and a note that of its sound. Only a part of it moves, as on a
 * screen: a whole one that is new in each frame is more than a busy machine encodes.
 */
export function fakeScreen(): void {
	// Firefox runs this in the empty page, too, which has no devices.
	if (!navigator.mediaDevices) return;
	navigator.mediaDevices.getDisplayMedia = async (options) => {
		window.asked = options ?? {};
		const canvas = document.createElement('canvas');
		canvas.width = 1600;
		canvas.height = 1000;
		const context = canvas.getContext('2d');
		let turn = 0;
		if (context) {
			context.fillStyle = 'hsl(200 80% 40%)';
			context.fillRect(0, 0, 1600, 1000);
		}
		const timer = setInterval(() => {
			if (!context) return;
			context.fillStyle = `hsl(${(turn += 47) % 360} 80% 40%)`;
			context.fillRect(200, 360, 600, 200);
			context.fillStyle = 'white';
			context.font = '120px sans-serif';
			context.fillText(`line ${turn}`, 220, 500);
		}, 150);
		const audio = new AudioContext();
		const out = audio.createMediaStreamDestination();
		const note = audio.createOscillator();
		note.connect(out);
		note.start();
		const stream = new MediaStream([
			...canvas.captureStream(15).getVideoTracks(),
			...out.stream.getAudioTracks(),
		]);
		stream.getVideoTracks()[0]?.addEventListener('ended', () => clearInterval(timer));
		return (window.picked = stream);
	};
}

/** Ends the share as the browser's own "Stop sharing" does. */
export const stopByBrowser = (page: Page) =>
	page.evaluate(() => {
		for (const track of window.picked?.getTracks() ?? []) {
			track.stop();
			track.dispatchEvent(new Event('ended'));
		}
	});

/** Runs in the page. The beeps of the fake microphone are taken for noise by the browser: a syllable now and then is not. */
export function talk(): void {
	const { getUserMedia } = navigator.mediaDevices;
	navigator.mediaDevices.getUserMedia = async (constraints) => {
		const stream = await getUserMedia.call(navigator.mediaDevices, constraints);
		if (constraints?.video) return stream;
		const audio = new AudioContext();
		const out = audio.createMediaStreamDestination();
		const [voice, syllables, mouth] = [
			audio.createOscillator(),
			audio.createOscillator(),
			audio.createGain(),
		];
		voice.frequency.value = 220;
		syllables.frequency.value = 3;
		voice.connect(mouth).connect(out);
		syllables.connect(mouth.gain);
		voice.start();
		syllables.start();
		return out.stream;
	};
}

declare global {
	interface Window {
		/** Takes the device away that this kind of track comes from now. */
		unplug(kind: 'audio' | 'video'): void;
		/** Mutes the microphone outside of the browser, or takes that back. */
		muteBySystem(muted: boolean): void;
		/** Whether the person took their permission back. */
		forbidden?: boolean;
	}
}

/** Runs in the page: devices that can be unplugged, and a permission that can be withdrawn. */
export function pluggable(): void {
	const { mediaDevices, permissions } = navigator;
	const enumerate = mediaDevices.enumerateDevices.bind(mediaDevices);
	const open = mediaDevices.getUserMedia.bind(mediaDevices);
	const query = permissions.query.bind(permissions);
	const gone = new Set<string>();
	let tracks: MediaStreamTrack[] = [];
	mediaDevices.enumerateDevices = async () =>
		(await enumerate()).filter(({ deviceId }) => !gone.has(deviceId));
	mediaDevices.getUserMedia = async (constraints) => {
		if (window.forbidden) throw new DOMException('', 'NotAllowedError');
		const kind = constraints?.video ? 'videoinput' : 'audioinput';
		const left = (await mediaDevices.enumerateDevices()).filter((device) => device.kind === kind);
		const [next] = left;
		if (!next) throw new DOMException('', 'NotFoundError');
		const deviceId = { exact: next.deviceId };
		const stream = await open(kind === 'videoinput' ? { video: true } : { audio: { deviceId } });
		tracks.push(...stream.getTracks());
		return stream;
	};
	permissions.query = async (description) => {
		const status = await query(description);
		if (window.forbidden) Object.defineProperty(status, 'state', { value: 'denied' });
		return status;
	};
	window.muteBySystem = (muted) => {
		for (const track of tracks.filter(({ kind }) => kind === 'audio')) {
			Object.defineProperty(track, 'muted', { value: muted, configurable: true });
			track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
		}
	};
	window.unplug = (kind) => {
		const [ending, staying] = [
			tracks.filter((track) => track.kind === kind && track.readyState === 'live'),
			tracks.filter((track) => track.kind !== kind),
		];
		tracks = staying;
		for (const track of ending) {
			if (!window.forbidden) gone.add(track.getSettings().deviceId ?? '');
			track.stop();
			track.dispatchEvent(new Event('ended'));
		}
		mediaDevices.dispatchEvent(new Event('devicechange'));
	};
}

declare global {
	interface Window {
		/** Which way the cameras look that were opened, in order. */
		looked: string[];
	}
}

/** Runs in the page: a phone, with a camera in front and one behind, of which one is open at a time. */
export function frontAndBack(): void {
	const { mediaDevices } = navigator;
	const enumerate = mediaDevices.enumerateDevices.bind(mediaDevices);
	const open = mediaDevices.getUserMedia.bind(mediaDevices);
	window.looked = [];
	mediaDevices.enumerateDevices = async () => {
		const devices = await enumerate();
		const front = devices.find(({ kind }) => kind === 'videoinput');
		if (!front) return devices;
		const back = { deviceId: 'back', groupId: '', kind: front.kind, label: 'Back camera' };
		return [...devices, { ...back, toJSON: () => back }];
	};
	mediaDevices.getUserMedia = async (constraints) => {
		if (typeof constraints?.video !== 'object') return open(constraints);
		const { facingMode, deviceId, ...rest } = constraints.video;
		const named = typeof deviceId === 'object' && 'exact' in deviceId ? deviceId.exact : undefined;
		const back = named === 'back' || facingMode === 'environment';
		const stream = await open({ video: rest });
		for (const track of stream.getVideoTracks()) {
			const settings = track.getSettings.bind(track);
			const facing = back ? 'environment' : 'user';
			window.looked.push(facing);
			track.getSettings = () => ({
				...settings(),
				facingMode: facing,
				...(back && { deviceId: 'back' }),
			});
		}
		return stream;
	};
}
