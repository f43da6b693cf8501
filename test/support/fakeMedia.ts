import type { Page } from 'playwright/test';

declare global {
	interface Window {
		/** What was shared last, to be ended as the browser's own button does. */
		picked?: MediaStream;
		/** Constraints that the page asked the picker for. */
		asked?: DisplayMediaStreamOptions;
	}
}

/** The machine has no screen: a canvas that moves takes its place, and a note that of its sound. */
export function fakeScreen(): void {
	navigator.mediaDevices.getDisplayMedia = async (options) => {
		window.asked = options ?? {};
		const canvas = document.createElement('canvas');
		canvas.width = 1600;
		canvas.height = 1000;
		const context = canvas.getContext('2d');
		let turn = 0;
		const timer = setInterval(() => {
			if (!context) return;
			context.fillStyle = `hsl(${(turn += 7) % 360} 80% 40%)`;
			context.fillRect(0, 0, 1600, 1000);
			context.fillStyle = 'white';
			context.font = '120px sans-serif';
			context.fillText(`line ${turn}`, 200, 500);
		}, 100);
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
