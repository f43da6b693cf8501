declare global {
	interface Window {
		/** Tracks of the microphone that the page was given, oldest first. */
		voices: MediaStreamTrack[];
	}
}

/** What of the page's helpers breaks: each of the calls by which they reach the browser. */
export const breakages = [
	'no AudioContext at all',
	'new AudioContext',
	'AudioContext.createMediaStreamSource',
	'AudioContext.createMediaStreamDestination',
	'AudioContext.resume',
	'AudioContext.close',
	'new AnalyserNode',
	'AnalyserNode.getFloatTimeDomainData',
	'AudioNode.connect',
	'AudioNode.disconnect',
	'MediaStreamTrack.clone',
] as const;

/** Those of the stronger noise suppression, which is turned on with them. */
export const suppressionBreakages = [
	'AudioWorklet.addModule',
	'new AudioWorkletNode',
	'new MediaStreamAudioDestinationNode',
	'AudioContext.createMediaStreamSource',
	'AudioNode.connect',
	'AudioNode.disconnect',
] as const;

export type Breakage = (typeof breakages)[number] | (typeof suppressionBreakages)[number];

/**
 * Runs in the page: a microphone that always speaks, and a browser in which this call throws. The voice is made of what
 * the browser had before.
 */
export function brokenHelper(breakage: Breakage): void {
	window.voices = [];
	const Native = window.AudioContext;
	const { createMediaStreamDestination, createOscillator } = Native.prototype;
	const { connect } = AudioNode.prototype;
	const { mediaDevices } = navigator;
	const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
	mediaDevices.getUserMedia = async (constraints) => {
		const stream = await getUserMedia(constraints);
		if (constraints?.video) return stream;
		const { deviceId } = stream.getAudioTracks()[0]?.getSettings() ?? {};
		for (const track of stream.getTracks()) track.stop();
		const context = new Native();
		const out = createMediaStreamDestination.call(context);
		const voice = createOscillator.call(context);
		voice.frequency.value = 440;
		Reflect.apply(connect, voice, [out]);
		voice.start();
		for (const track of out.stream.getAudioTracks()) {
			const settings = track.getSettings.bind(track);
			track.getSettings = () => ({ ...settings(), deviceId });
			window.voices.push(track);
		}
		return out.stream;
	};
	const fail = (): never => {
		throw new DOMException(`${breakage} fails here.`, 'NotSupportedError');
	};
	const missing = breakage === 'no AudioContext at all';
	if (missing) return void Reflect.deleteProperty(window, 'AudioContext');
	const made = /^new (\w+)$/.exec(breakage)?.[1];
	if (made) {
		const broken = new Proxy(Reflect.get(window, made), { construct: fail });
		return void Object.defineProperty(window, made, { value: broken, configurable: true });
	}
	const [owner = '', method = ''] = breakage.split('.');
	const prototype = Reflect.get(window, owner).prototype;
	const failing = Object.hasOwn(prototype, method) ? prototype : Object.getPrototypeOf(prototype);
	failing[method] = fail;
}
