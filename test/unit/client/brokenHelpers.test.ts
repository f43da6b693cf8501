import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Call } from '../../../web/src/lib/features/call/engine/call.ts';
import { breakages, suppressionBreakages, type Breakage } from '../../support/brokenHelpers.ts';
import {
	FakePage,
	outcome,
	pass,
	until,
	type Recorder,
} from '../../support/clientEngine/fakePage.ts';
import { FakeRoom } from '../../support/clientEngine/fakeRoom.ts';
import { FakeTrack, microphone } from '../../support/devices.ts';

/** The call to the browser that throws in this test. */
let broken: Breakage | null = null;
/** How often it was reached. */
let reached = 0;

function reach(call: Breakage): void {
	if (call !== broken) return;
	reached++;
	throw new DOMException(`${call} fails here.`, 'NotSupportedError');
}

class FakeNode {
	readonly port = { postMessage: () => undefined };
	onprocessorerror: (() => void) | null = null;

	connect(): void {
		reach('AudioNode.connect');
	}

	disconnect(): void {
		reach('AudioNode.disconnect');
	}
}

class FakeWorkletNode extends FakeNode {
	constructor() {
		super();
		reach('new AudioWorkletNode');
	}
}

class FakeDestination extends FakeNode {
	readonly stream = new MediaStream([audioTrack('suppressed')]);

	constructor() {
		super();
		reach('new MediaStreamAudioDestinationNode');
	}
}

class FakeContext {
	state = 'running';
	onstatechange: (() => void) | null = null;
	readonly audioWorklet = { addModule: async () => reach('AudioWorklet.addModule') };

	constructor() {
		reach('new AudioContext');
		// Browsers hold a graph back until the person touches the page.
		if (broken === 'AudioContext.resume') this.state = 'suspended';
	}

	createMediaStreamSource(): FakeNode {
		reach('AudioContext.createMediaStreamSource');
		return new FakeNode();
	}

	createMediaStreamDestination() {
		reach('AudioContext.createMediaStreamDestination');
		return { stream: new MediaStream([audioTrack('silence')]) };
	}

	async resume(): Promise<void> {
		reach('AudioContext.resume');
	}

	async close(): Promise<void> {
		reach('AudioContext.close');
	}
}

class FakeAnalyser {
	readonly fftSize = 16;

	constructor() {
		reach('new AnalyserNode');
	}

	getFloatTimeDomainData(): void {
		reach('AnalyserNode.getFloatTimeDomainData');
	}
}

class FakeConnection {
	addTransceiver() {
		return { receiver: { track: new FakeTrack('audio', 'nothing') } };
	}

	close(): void {
		// Nothing is connected.
	}
}

const audioTrack = (label: string) =>
	new FakeTrack('audio', label) as EventTarget as MediaStreamTrack;

let page: FakePage;
beforeEach(async () => {
	page = await FakePage.open();
	page.browser.plug(microphone('headset'));
	vi.stubGlobal('AudioContext', FakeContext);
	vi.stubGlobal('AnalyserNode', FakeAnalyser);
	vi.stubGlobal('AudioWorkletNode', FakeWorkletNode);
	vi.stubGlobal('MediaStreamAudioDestinationNode', FakeDestination);
	vi.stubGlobal('RTCPeerConnection', FakeConnection);
	const { clone } = FakeTrack.prototype;
	vi.spyOn(FakeTrack.prototype, 'clone').mockImplementation(function (this: FakeTrack) {
		reach('MediaStreamTrack.clone');
		return clone.call(this);
	});
	reached = 0;
});
afterEach(() => {
	broken = null;
	page.close();
});

/** A person in a room whose browser fails at this call. */
async function joined(
	breakage: Breakage,
	strongSuppression: boolean,
): Promise<{ call: Call; told: Recorder }> {
	broken = breakage;
	if (breakage === 'no AudioContext at all') vi.stubGlobal('AudioContext', undefined);
	localStorage.setItem('parley:preferences', JSON.stringify({ camera: false, strongSuppression }));
	// Loaded on demand: here before the test's clock begins to run.
	if (strongSuppression)
		await import('../../../web/src/lib/features/call/engine/extra/strongSuppression.ts');
	const { call, told } = page.call(new FakeRoom(page.server).id);
	await until(() => told.last('status')?.connection === 'connected', 'it is connected', 30_000);
	expect(await outcome(call.join('Ana'))).toBeNull();
	if (strongSuppression)
		await until(
			() =>
				told.last('devices')?.suppressionFailed === true ||
				page.media.sent('audio').includes('suppressed'),
			'the suppression has started or failed',
		);
	return { call, told };
}

/** The person's microphone is on, or off: for themselves, for the others, and in what leaves the browser. */
async function agree(told: Recorder, on: boolean): Promise<void> {
	const now = () => {
		const [producer] = page.media.open
			.flatMap(({ producers }) => producers)
			.filter(({ kind, closed }) => kind === 'audio' && !closed);
		const { id, track } = producer ?? {};
		const updates = page.server
			.inputs('media:update')
			.filter(({ producerId }) => producerId === id);
		return {
			shown: told.last('microphone')?.kind === 'on',
			// It is on when it is produced.
			told: updates.at(-1)?.paused !== true,
			sent:
				track?.readyState === 'live' &&
				track.enabled &&
				(track.label === 'suppressed' || page.browser.live('audio').includes(track)),
		};
	};
	const wanted = { shown: on, told: on, sent: on };
	await until(() => JSON.stringify(now()) === JSON.stringify(wanted), `it is ${on}`).catch(
		() => undefined,
	);
	expect(now()).toEqual(wanted);
}

describe.each([
	['the meter and other helpers', false, breakages],
	['the stronger noise suppression', true, suppressionBreakages],
] as const)('B-2: where %s fail', (_what, strong, all) => {
	test.each(all)(
		'%s: the voice goes out while the microphone is on, and nothing while it is off',
		async (breakage) => {
			const { call, told } = await joined(breakage, strong);
			await agree(told, true);
			window.dispatchEvent(new Event('pointerdown'));
			await call.devices.set('microphone', false);
			await agree(told, false);
			await call.devices.set('microphone', true);
			await agree(told, true);
			await call.devices.selection.choose('microphone', 'headset');
			await agree(told, true);
			expect(page.browser.live('audio').map(({ label }) => label)).toEqual(['headset (label)']);
			await call.devices.set('microphone', false);
			await agree(told, false);
			await pass(1000);
			await agree(told, false);
			call.leave();
			call.close();
			await pass(1000);
			if (breakage !== 'no AudioContext at all') expect(reached).toBeGreaterThan(0);
			expect(page.browser.live('audio')).toEqual([]);
		},
	);
});
