import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RoomId } from '../../../shared/ids.ts';
import type { FromBots, PlannedBot, ToBots } from '../bots/messages.ts';

const program = fileURLToPath(new URL('../bots/botProcess.ts', import.meta.url));

/** How long they may take until all of them are inside, in ms. */
const patience = 60_000;

/** What each of them sends: small, so that a machine of two cores has time for what is measured. */
const camera = { width: 160, height: 90, framesPerSecond: 5 } as const;

/**
 * So many bots in a room of this service, with their cameras and microphones on, in a process of their own, which ends
 * with this one.
 *
 * @returns their names, and what ends them.
 * @throws {Error} where one of them does not get in.
 */
export async function botsInside(
	origin: string,
	roomId: RoomId,
	count: number,
): Promise<{ names: string[]; close: () => Promise<void> }> {
	const child = fork(program, {
		execArgv: ['--disable-warning=ExperimentalWarning'],
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
	});
	const ended = once(child, 'exit');
	const close = async () => {
		child.kill('SIGKILL');
		await ended;
	};
	const say = (message: ToBots) => void child.send(message);
	const told = (holds: (message: FromBots) => boolean) =>
		new Promise<void>((resolve, reject) => {
			const late = setTimeout(() => reject(new Error('the bots are late')), patience);
			const hear = (message: FromBots) => {
				if (message.kind === 'no-webrtc') reject(new Error('there is no WebRTC for bots'));
				if (!holds(message)) return;
				clearTimeout(late);
				child.off('message', hear);
				resolve();
			};
			child.on('message', hear);
		});
	const on = { microphone: true, camera: true };
	const others = { sound: count, pictures: count };
	const bots = Array.from({ length: count }, (_, place): PlannedBot => ({
		after: 0,
		plan: { id: place, roomId, place, page: { origin, camera, on }, others },
	}));
	try {
		const ready = told(({ kind }) => kind === 'ready');
		say({ kind: 'bots', scenario: 'all-to-all', bots });
		await ready;
		const joined = told((message) => message.kind === 'progress' && message.joined === count);
		say({ kind: 'join' });
		await joined;
	} catch (error) {
		await close();
		throw error;
	}
	return { names: bots.map(({ plan }) => `Bot ${plan.id + 1}`), close };
}
