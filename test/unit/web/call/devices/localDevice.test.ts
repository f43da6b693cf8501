import { afterEach, describe, expect, test, vi } from 'vitest';
import { problemOf } from '#lib/features/call/engine/devices/deviceProblem.ts';
import { LocalDevice } from '#lib/features/call/engine/devices/localDevice.ts';

class FakeTrack extends EventTarget {
	enabled = true;
	readyState = 'live';
	contentHint = '';
	stop(): void {
		this.readyState = 'ended';
	}
}

/** A browser whose devices open when the test says so. */
function fakeBrowser() {
	const opened: FakeTrack[] = [];
	let open: () => void = () => undefined;
	const getUserMedia = vi.fn(async () => {
		await new Promise<void>((resolve) => (open = resolve));
		const track = new FakeTrack();
		opened.push(track);
		return { getTracks: () => [track] };
	});
	vi.stubGlobal('navigator', {
		mediaDevices: { getUserMedia, enumerateDevices: async () => [] },
	});
	return { opened, getUserMedia, open: () => open() };
}

const quiet = { changed: () => undefined };

afterEach(() => vi.unstubAllGlobals());

const settled = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('why a device could not be opened', () => {
	test.each([
		['NotAllowedError', 'refused'],
		['SecurityError', 'refused'],
		['NotFoundError', 'absent'],
		['OverconstrainedError', 'absent'],
		['NotReadableError', 'busy'],
		['AbortError', 'busy'],
		['UnheardOfError', 'busy'],
	])('%s: %s', (name, problem) => {
		expect(problemOf(new DOMException('', name))).toBe(problem);
	});

	test('a system that does not allow the browser to use it', () => {
		const error = new DOMException('Permission denied by system', 'NotAllowedError');
		expect(problemOf(error)).toBe('system');
	});

	test('a page without devices is not secure', async () => {
		vi.stubGlobal('navigator', {});
		const camera = new LocalDevice('camera', quiet);
		await camera.set(true);
		expect(camera.state).toEqual({ kind: 'problem', problem: 'insecure' });
	});
});

describe('turning a device on and off', () => {
	test('a camera that is off is let go, a microphone is silenced', async () => {
		const browser = fakeBrowser();
		const camera = new LocalDevice('camera', quiet);
		const microphone = new LocalDevice('microphone', quiet);
		for (const device of [camera, microphone]) {
			const on = device.set(true);
			browser.open();
			await on;
			expect(device.state.kind).toBe('on');
			await device.set(false);
			expect(device.state.kind).toBe('off');
		}
		expect(browser.opened.map(({ readyState, enabled }) => [readyState, enabled])).toEqual([
			['ended', true],
			['live', false],
		]);
		await microphone.set(true);
		expect(browser.opened[1]?.enabled).toBe(true);
		expect(browser.getUserMedia).toHaveBeenCalledTimes(2);
	});

	test('off while it opens: it is let go as soon as it is there', async () => {
		const browser = fakeBrowser();
		const camera = new LocalDevice('camera', quiet);
		const on = camera.set(true);
		await camera.set(false);
		browser.open();
		await on;
		expect(camera.state.kind).toBe('off');
		expect(camera.track).toBeNull();
		expect(browser.opened[0]?.readyState).toBe('ended');
	});

	test('on, off and on again while it opens: it opens once and is on', async () => {
		const browser = fakeBrowser();
		const camera = new LocalDevice('camera', quiet);
		const all = [camera.set(true), camera.set(false), camera.set(true)];
		browser.open();
		await Promise.all(all);
		expect(camera.state.kind).toBe('on');
		expect(browser.getUserMedia).toHaveBeenCalledTimes(1);
	});

	test('a device that goes away by itself is a problem', async () => {
		const browser = fakeBrowser();
		const camera = new LocalDevice('camera', quiet);
		const on = camera.set(true);
		browser.open();
		await on;
		browser.opened[0]?.dispatchEvent(new Event('ended'));
		await settled();
		expect(camera.state).toEqual({ kind: 'problem', problem: 'absent' });
		expect(camera.track).toBeNull();
	});

	test('a closed device stays closed', async () => {
		const browser = fakeBrowser();
		const camera = new LocalDevice('camera', quiet);
		const on = camera.set(true);
		camera.close();
		browser.open();
		await on;
		await camera.set(true);
		expect(camera.track).toBeNull();
		expect(browser.opened.every(({ readyState }) => readyState === 'ended')).toBe(true);
	});
});
