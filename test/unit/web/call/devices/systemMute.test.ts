import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SystemMute } from '#lib/features/call/engine/devices/systemMute.ts';
import { FakeTrack } from '../../../../support/devices.ts';

/** A microphone that the system can mute. */
class FakeMicrophone extends FakeTrack {
	muted = false;

	become(muted: boolean): void {
		this.muted = muted;
		this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
	}

	get asTrack(): MediaStreamTrack {
		return this as object as MediaStreamTrack;
	}
}

let told: boolean[];
let watch: SystemMute;
const microphone = () => new FakeMicrophone('audio', 'desk');
beforeEach(() => {
	vi.useFakeTimers();
	told = [];
	watch = new SystemMute((muted) => told.push(muted));
});
afterEach(() => vi.useRealTimers());

test('a microphone that the system mutes is told when that lasts, and again when it is over', () => {
	const desk = microphone();
	watch.watch(desk.asTrack);
	desk.become(true);
	vi.advanceTimersByTime(1000);
	expect(told).toEqual([]);
	vi.advanceTimersByTime(1000);
	expect(told).toEqual([true]);
	desk.become(false);
	expect(told).toEqual([true, false]);
});

test('a moment without sound is not told', () => {
	const desk = microphone();
	watch.watch(desk.asTrack);
	desk.become(true);
	vi.advanceTimersByTime(500);
	desk.become(false);
	vi.advanceTimersByTime(10_000);
	expect(told).toEqual([]);
});

test('one that is muted already is told, and no more once another takes its place or it is off', () => {
	const [desk, headset] = [microphone(), microphone()];
	desk.become(true);
	watch.watch(desk.asTrack);
	vi.advanceTimersByTime(2000);
	expect(told).toEqual([true]);
	watch.watch(headset.asTrack);
	expect(told).toEqual([true, false]);
	desk.become(true);
	vi.advanceTimersByTime(2000);
	expect(told).toEqual([true, false]);
	headset.become(true);
	watch.watch(null);
	vi.advanceTimersByTime(2000);
	expect(told).toEqual([true, false]);
});
