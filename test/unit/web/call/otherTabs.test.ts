import { afterEach, expect, test, vi } from 'vitest';
import { newPersonId, newResumeToken, newRoomId, type PersonId } from '#shared/ids.ts';
import {
	takeFromOtherTab,
	tellOtherTabs,
	watchOtherTabs,
} from '#lib/features/call/engine/session/otherTabs.ts';

const [ana, ben] = [newPersonId(), newPersonId()];
const record = () => ({
	roomId,
	token: newResumeToken(),
	name: 'Ana',
	microphone: true,
	camera: false,
	at: Date.now(),
});
let roomId = newRoomId();
const ending: (() => void)[] = [];
afterEach(() => {
	for (const end of ending.splice(0)) end();
	roomId = newRoomId();
});

/** What a lobby of this person is told of other tabs. */
function lobbyOf(person: PersonId): boolean[] {
	const told: boolean[] = [];
	ending.push(watchOtherTabs(roomId, person, (there) => told.push(there)));
	return told;
}

test('a lobby is told of the tab in which the same person is in the call, until that tab ends it', async () => {
	const early = lobbyOf(ana);
	const end = tellOtherTabs(roomId, ana, () => null);
	ending.push(end);
	const [others, late] = [lobbyOf(ben), lobbyOf(ana)];
	const last = () => [early.at(-1), late.at(-1)];
	await vi.waitFor(() => expect(last()).toEqual([true, true]));
	end();
	await vi.waitFor(() => expect(last()).toEqual([false, false]));
	expect(others).toEqual([]);
});

test('the tab that is in the call hands it over to the one that asks', async () => {
	const kept = record();
	ending.push(tellOtherTabs(roomId, ana, () => kept));
	const told = lobbyOf(ana);
	await vi.waitFor(() => expect(told).toEqual([true]));
	expect(await takeFromOtherTab(roomId)).toEqual(kept);
});
