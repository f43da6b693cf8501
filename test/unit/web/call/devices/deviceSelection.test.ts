import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DeviceSelection } from '#lib/features/call/engine/devices/deviceSelection.ts';
import { listDevices } from '#lib/features/call/engine/devices/deviceList.ts';
import { constraintsFor } from '#lib/features/call/engine/devices/deviceOpening.ts';
import { LocalDevice } from '#lib/features/call/engine/devices/localDevice.ts';
import type { DeviceChoices, DeviceLoss } from '#lib/features/call/engine/model.ts';
import { recallPreferences, rememberPreferences } from '#lib/preferences/preferences.ts';
import { camera, FakeBrowser, microphone, settled, speaker } from '../../../../support/devices.ts';

/** The devices of a person, as the call has them. */
function devicesOf() {
	const lost: DeviceLoss[] = [];
	const told: DeviceChoices[] = [];
	const make = (kind: 'microphone' | 'camera') =>
		new LocalDevice(kind, {
			changed: () => selection?.onDevice(),
			lost: (from, to) => lost.push({ kind, from, to }),
		});
	let selection: DeviceSelection | null = null;
	const devices = { microphone: make('microphone'), camera: make('camera') };
	selection = new DeviceSelection(devices, {
		changed: (choices) => told.push(choices),
		lost: (loss) => lost.push(loss),
	});
	const last = (): DeviceChoices => {
		const choices = told.at(-1);
		if (!choices) throw new Error('Nothing was told.');
		return choices;
	};
	selection.start();
	return { ...devices, selection, lost, last };
}

let browser: FakeBrowser;
beforeEach(() => {
	browser = new FakeBrowser(
		microphone('desk'),
		microphone('headset'),
		camera('front', 'user'),
		camera('back', 'environment'),
		speaker('loud'),
		speaker('quiet'),
	);
});
afterEach(() => vi.unstubAllGlobals());

describe('which devices there are', () => {
	test('a device without an id, one named twice and the one for communications are left out', () => {
		const info = (kind: MediaDeviceKind, deviceId: string) => ({ kind, deviceId, label: deviceId });
		const lists = listDevices([
			info('audioinput', 'default'),
			info('audioinput', 'communications'),
			info('audioinput', 'a'),
			info('audioinput', 'a'),
			info('videoinput', ''),
			info('audiooutput', 'b'),
		]);
		const ids = Object.values(lists).map((list) => list.map(({ deviceId }) => deviceId));
		expect(ids).toEqual([['default', 'a'], [], ['b']]);
	});

	test('the lists follow what is plugged in', async () => {
		const { last, selection } = devicesOf();
		await settled();
		expect(last().microphone.options.map(({ label }) => label)).toEqual([
			'desk (label)',
			'headset (label)',
		]);
		browser.plug(camera('usb'));
		await settled();
		expect(last().camera.options).toHaveLength(3);
		selection.stop();
		browser.plug(camera('late'));
		await settled();
		expect(last().camera.options).toHaveLength(3);
	});
});

describe('what a choice asks of the browser', () => {
	test.each([
		[
			'a microphone, and what is done to its sound',
			'microphone',
			{
				deviceId: 'desk',
				processing: { echoCancellation: true, noiseSuppression: false, autoGainControl: true },
			},
			{ deviceId: { exact: 'desk' }, noiseSuppression: false, echoCancellation: true },
		],
		['any camera: one that shows the person', 'camera', { deviceId: null }, { facingMode: 'user' }],
		[
			'the camera on the other side',
			'camera',
			{ deviceId: null, facing: 'environment' },
			{ facingMode: 'environment' },
		],
		[
			'a certain camera, wherever it looks',
			'camera',
			{ deviceId: 'back' },
			{ deviceId: { exact: 'back' }, facingMode: undefined },
		],
	] as const)('%s', (_, kind, wish, expected) => {
		const { audio, video } = constraintsFor(kind, wish);
		expect(audio ?? video).toMatchObject(
			Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
		);
		if ('facingMode' in expected && expected.facingMode === undefined)
			expect(video).not.toHaveProperty('facingMode');
	});
});

describe('choosing', () => {
	test('a device that runs is exchanged, and the last let go after the next is carried', async () => {
		let carried = (): void => undefined;
		const slow = new LocalDevice('camera', {
			changed: () => new Promise<void>((resolve) => (carried = resolve)),
		});
		const on = slow.set(true);
		await settled();
		carried();
		await on;
		const first = browser.opened[0];
		const selection = slow.choose({ deviceId: 'back' });
		await settled();
		expect(slow.track?.label).toBe('back (label)');
		expect(first?.readyState).toBe('live');
		carried();
		expect(await selection).toBeNull();
		expect(first?.readyState).toBe('ended');
		expect(slow.state).toEqual({ kind: 'on' });
	});

	test('a muted microphone is exchanged for another that is silent too', async () => {
		const { microphone: device, selection, last } = devicesOf();
		await device.set(true);
		await device.set(false);
		expect(await selection.choose('microphone', 'headset')).toBeNull();
		expect(browser.live('audio').map(({ label, enabled }) => [label, enabled])).toEqual([
			['headset (label)', false],
		]);
		expect(device.state).toEqual({ kind: 'off' });
		expect(last().microphone).toMatchObject({ chosen: 'headset', active: 'headset' });
		await device.set(true);
		expect(browser.opened.at(-1)?.enabled).toBe(true);
		expect(browser.opened).toHaveLength(2);
	});

	test('what is off is not opened by choosing it', async () => {
		const { camera: device, selection } = devicesOf();
		await selection.choose('camera', 'back');
		expect(browser.opened).toEqual([]);
		await device.set(true);
		expect(device.track?.label).toBe('back (label)');
	});

	test('the last of several choices counts, and no other stays open', async () => {
		const { camera: device, selection } = devicesOf();
		browser.plug(camera('usb'));
		await device.set(true);
		await Promise.all(['back', 'usb', 'back', 'usb'].map((id) => selection.choose('camera', id)));
		expect(browser.live('video').map(({ label }) => label)).toEqual(['usb (label)']);
	});

	test('a choice that does not open leaves what runs, and says so', async () => {
		const { microphone: device, selection, last } = devicesOf();
		await device.set(true);
		browser.failing.set('headset', 'NotReadableError');
		expect(await selection.choose('microphone', 'headset')).toBe('busy');
		expect(device.state).toEqual({ kind: 'on' });
		expect(last().microphone).toMatchObject({ chosen: 'headset', active: 'desk' });
		expect(browser.live('audio')).toHaveLength(1);
	});

	test('a phone, which opens one camera at a time', async () => {
		browser.oneCamera = true;
		const { camera: device, selection } = devicesOf();
		await device.set(true);
		expect(await selection.choose('camera', 'back')).toBeNull();
		expect(device.track?.label).toBe('back (label)');
		browser.failing.set('front', 'NotReadableError');
		expect(await selection.choose('camera', 'front')).toBe('busy');
		expect(device.track?.label).toBe('back (label)');
		expect(browser.live('video')).toHaveLength(1);
	});

	test('turned off while it is exchanged: nothing stays open', async () => {
		const { camera: device, selection } = devicesOf();
		await device.set(true);
		const exchanged = selection.choose('camera', 'back');
		await device.set(false);
		await exchanged;
		expect(browser.live('video')).toEqual([]);
		expect(device.state).toEqual({ kind: 'off' });
	});

	test('from the front to the back and back, and the choice is kept', async () => {
		const { camera: device, selection, last } = devicesOf();
		await settled();
		expect(last().canSwitchCamera).toBe(false);
		await device.set(true);
		expect(last().canSwitchCamera).toBe(true);
		await selection.switchCamera();
		expect(device.track?.label).toBe('back (label)');
		expect(recallPreferences().cameraId).toBe('back');
		await selection.switchCamera();
		expect(device.track?.label).toBe('front (label)');
		expect(last().camera).toMatchObject({ chosen: 'front', active: 'front' });
	});

	test('what is done to the voice is kept, and applied to the microphone that runs', async () => {
		const { microphone: device, selection } = devicesOf();
		await device.set(true);
		await selection.setProcessing({ noiseSuppression: false });
		expect(browser.asked.at(-1)?.audio).toMatchObject({
			noiseSuppression: false,
			echoCancellation: true,
		});
		expect(browser.live('audio')).toHaveLength(1);
		expect(recallPreferences()).toMatchObject({ noiseSuppression: false, autoGainControl: true });
	});
});

describe('music mode', () => {
	test('opens the microphone in stereo and as it is, and then as before, and is kept', async () => {
		const { microphone: device, selection } = devicesOf();
		await selection.setProcessing({ noiseSuppression: false });
		await device.set(true);
		await selection.setProcessing({ musicMode: true });
		expect(browser.asked.at(-1)?.audio).toMatchObject({
			channelCount: 2,
			echoCancellation: false,
			noiseSuppression: false,
			autoGainControl: false,
		});
		expect(device.track?.contentHint).toBe('music');
		expect(recallPreferences().musicMode).toBe(true);
		await selection.setProcessing({ musicMode: false });
		expect(browser.asked.at(-1)?.audio).toEqual({
			echoCancellation: true,
			noiseSuppression: false,
			autoGainControl: true,
		});
		expect(device.track?.contentHint).toBe('speech');
		expect(browser.live('audio')).toHaveLength(1);
	});
});

describe('what is remembered', () => {
	test('is opened the next time', async () => {
		rememberPreferences({ microphoneId: 'headset', autoGainControl: false });
		const { microphone: device } = devicesOf();
		await device.set(true);
		expect(device.track?.label).toBe('headset (label)');
		expect(browser.asked[0]?.audio).toMatchObject({ autoGainControl: false });
	});

	test('an absent one is stood in for without an error, and taken again when it returns', async () => {
		rememberPreferences({ microphoneId: 'usb' });
		const { microphone: device, last, lost } = devicesOf();
		await device.set(true);
		expect(device.state).toEqual({ kind: 'on' });
		expect(last().microphone).toMatchObject({ chosen: 'usb', active: 'desk' });
		browser.plug(microphone('usb'));
		await settled();
		expect(device.track?.label).toBe('usb (label)');
		expect(lost).toEqual([]);
	});

	test('without a choice nothing that runs is exchanged for what is plugged in', async () => {
		const { microphone: device } = devicesOf();
		await device.set(true);
		browser.plug(microphone('usb'));
		await settled();
		expect(device.track?.label).toBe('desk (label)');
		expect(browser.opened).toHaveLength(1);
	});

	test("a speaker that is gone gives way to the browser's own, and comes back", async () => {
		const { selection, last, lost } = devicesOf();
		await settled();
		await selection.choose('speaker', 'quiet');
		expect([selection.speakerId, last().canChooseSpeaker]).toEqual(['quiet', true]);
		browser.unplug('quiet');
		await settled();
		expect([selection.speakerId, last().speaker.active]).toEqual(['', null]);
		expect(lost).toEqual([{ kind: 'speaker', from: 'quiet (label)', to: 'loud (label)' }]);
		browser.plug(speaker('quiet'));
		await settled();
		expect(selection.speakerId).toBe('quiet');
	});
});

describe('a device that goes away in the middle of a call', () => {
	test.each(['on', 'muted'] as const)('the next of its kind takes its place: %s', async (how) => {
		const { microphone: device, lost } = devicesOf();
		await device.set(true);
		if (how === 'muted') await device.set(false);
		browser.unplug('desk');
		await settled();
		expect(device.state).toEqual({ kind: how === 'on' ? 'on' : 'off' });
		expect(browser.live('audio').map(({ label, enabled }) => [label, enabled])).toEqual([
			['headset (label)', how === 'on'],
		]);
		expect(lost).toEqual([{ kind: 'microphone', from: 'desk (label)', to: 'headset (label)' }]);
	});

	test('the chosen one is taken again when it is plugged in again', async () => {
		const { microphone: device, selection } = devicesOf();
		await selection.choose('microphone', 'headset');
		await device.set(true);
		browser.unplug('headset');
		await settled();
		expect(device.track?.label).toBe('desk (label)');
		browser.plug(microphone('headset'));
		await settled();
		expect(device.track?.label).toBe('headset (label)');
	});

	test('where the first of the others does not open, the second does', async () => {
		browser.plug(camera('usb'));
		browser.failing.set('front', 'NotReadableError');
		const { camera: device, selection, lost } = devicesOf();
		await selection.choose('camera', 'back');
		await device.set(true);
		browser.unplug('back');
		await settled();
		expect(device.track?.label).toBe('usb (label)');
		expect(device.state).toEqual({ kind: 'on' });
		expect(lost).toEqual([{ kind: 'camera', from: 'back (label)', to: 'usb (label)' }]);
	});

	test('where there is no other, that is the problem', async () => {
		browser.devices = [camera('front')];
		const { camera: device, lost } = devicesOf();
		await device.set(true);
		browser.unplug('front');
		await settled();
		expect(device.state).toEqual({ kind: 'problem', problem: 'absent' });
		expect(lost).toEqual([{ kind: 'camera', from: 'front (label)', to: null }]);
	});

	test.each(['denied', 'prompt'] as const)(
		'a permission that is withdrawn (%s) is a refusal, and nobody is asked again',
		async (permission) => {
			const { camera: device, lost } = devicesOf();
			await device.set(true);
			await settled();
			browser.permission = permission;
			browser.opened[0]?.end();
			await settled();
			expect(device.state).toEqual({ kind: 'problem', problem: 'refused' });
			expect(browser.opened).toHaveLength(1);
			expect(lost).toEqual([]);
		},
	);

	test('released meanwhile, nothing is opened in its place', async () => {
		const { camera: device, lost } = devicesOf();
		await device.set(true);
		browser.unplug('front');
		device.release();
		await settled();
		expect(browser.live('video')).toEqual([]);
		expect(device.state).toEqual({ kind: 'off' });
		expect(lost).toEqual([]);
	});
});
