import type { RoomId } from '../../../shared/ids.ts';
import type { PlannedBot } from '../bots/messages.ts';
import { BotProcesses } from '../run/botProcesses.ts';

/** What each of them sends: small, so that a machine of two cores has time for what is measured. */
const picture = { width: 160, height: 90 } as const;

/**
 * So many bots in a room of this service, with their cameras and microphones on, in a process of their own, which ends
 * with this one.
 *
 * @param framesPerSecond of each camera.
 * @returns their names, and what ends them.
 * @throws {Error} where one of them does not get in.
 */
export async function botsInside(
	origin: string,
	roomId: RoomId,
	count: number,
	framesPerSecond = 5,
): Promise<{ names: string[]; close: () => Promise<void> }> {
	const camera = { ...picture, framesPerSecond };
	const on = { microphone: true, camera: true };
	const others = { sound: count, pictures: count };
	const bots = Array.from({ length: count }, (_, place): PlannedBot => ({
		after: 0,
		plan: { id: place, roomId, place, page: { url: origin, camera, on }, others },
	}));
	const processes = new BotProcesses('all-to-all', bots, 1);
	try {
		await processes.ready();
		await processes.join(count);
		const { joined } = processes.progress;
		if (joined < count) throw new Error(`${joined} of ${count} bots are inside`);
	} catch (error) {
		await processes.close();
		throw error;
	}
	return {
		names: bots.map(({ plan }) => `Bot ${plan.id + 1}`),
		close: () => processes.close(),
	};
}
