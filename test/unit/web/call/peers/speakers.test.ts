import { describe, expect, test } from 'vitest';
import { newPeerId } from '#shared/ids.ts';
import { Speakers } from '#lib/features/call/engine/peers/speakers.ts';
import type { Speaking } from '#lib/features/call/engine/model.ts';

const [you, ana, bo] = [newPeerId(), newPeerId(), newPeerId()];

function listen() {
	const told: Speaking[] = [];
	return { told, speakers: new Speakers((speaking) => told.push(speaking)) };
}

describe('who speaks', () => {
	test('tells oneself from the others, and has the word of the others only', () => {
		const { told, speakers } = listen();
		speakers.enter(you);
		speakers.apply({ speaking: [ana, you], active: ana });
		expect(told.at(-1)).toEqual({ you: true, peers: new Set([ana]), active: ana });
		speakers.apply({ speaking: [you], active: you });
		expect(told.at(-1)).toEqual({ you: true, peers: new Set(), active: null });
	});

	test('waits for the answer to the join, and takes what was told before it', () => {
		const { told, speakers } = listen();
		speakers.apply({ speaking: [bo], active: bo });
		expect(told).toEqual([]);
		speakers.enter(you);
		expect(told).toEqual([{ you: false, peers: new Set([bo]), active: bo }]);
	});

	test('is nobody once the connection is lost, until it is told anew', () => {
		const { told, speakers } = listen();
		speakers.enter(you);
		speakers.apply({ speaking: [you, bo], active: bo });
		speakers.clear();
		const nobodySpeaks = { you: false, peers: new Set(), active: null };
		expect(told.at(-1)).toEqual(nobodySpeaks);
		speakers.clear();
		expect(told).toHaveLength(3);
		speakers.enter(you);
		expect(told.at(-1)).toEqual(nobodySpeaks);
	});
});
