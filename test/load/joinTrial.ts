import type { Browser } from 'playwright';
import { newRoomId, type RoomId } from '../../shared/ids.ts';
import { Person } from '../support/browser.ts';
import { armed, evidenceOf, timesOf, watchPictures } from './pictureWatch.ts';
import type { MeasuredService } from './processes.ts';
import type { Outcome, TrialKind } from './trial.ts';

/** How long the lobby is looked at before the click, in ms: a person needs longer. */
const look = 1500;

const marks = ['join-sent', 'join-answered', 'consumers-built', 'resumed', 'first-frame'] as const;

/** One join with a new page, by way of a lobby that is ready. */
async function join(
	browser: Browser,
	service: MeasuredService,
	roomId: RoomId,
	sender: Person,
	others: readonly string[],
): Promise<Outcome> {
	const receiver = await Person.open(browser, 'Joiner', { baseURL: service.url });
	const { page } = receiver;
	try {
		await watchPictures(receiver, [sender.name, ...others]);
		await receiver.toLobby(roomId);
		await page.waitForTimeout(look);
		const button = await page.getByRole('button', { name: 'Join', exact: true }).boundingBox();
		if (!button) throw new Error('there is no button to click');
		const pictureCame = await armed(page, 'join');
		await page.mouse.click(button.x + button.width / 2, button.y + button.height / 2);
		const seen = await pictureCame();
		if (seen.marks['first-frame'] === undefined && seen.inTile === null)
			return { missed: await evidenceOf(seen, { receiver, sender }, service.media) };
		return { times: timesOf(seen, marks), unmarked: seen.marks['first-frame'] === undefined };
	} finally {
		await receiver.close();
	}
}

/** Brings others into the room of a trial. @returns their names, and what ends them. */
type Bring = (
	service: MeasuredService,
	roomId: RoomId,
) => Promise<{ names: readonly string[]; close: () => Promise<void> }>;

const nobody: Bring = () => Promise.resolve({ names: [], close: () => Promise.resolve() });

/**
 * From the click on Join to the first remote picture: one is in the room and sends, perhaps others too, and another one joins
 * with a new page each time.
 */
export const joinTrialBeside = (bring: Bring): TrialKind => ({
	runs: 'joins',
	after: 'the click on Join',
	steps: [...marks, 'picture in the tile'],
	warmUps: 1,
	seconds: { run: 5, preparation: 60 },
	block: 1,
	browsers: 2,
	async prepare(service, [there, arriving]) {
		if (!there || !arriving) throw new Error('two browsers are needed');
		const roomId = newRoomId();
		const sender = await Person.open(there, 'Sender', { baseURL: service.url });
		await sender.toLobby(roomId);
		await sender.join();
		const others = await bring(service, roomId);
		return {
			run: () => join(arriving, service, roomId, sender, others.names),
			close: async () => {
				await others.close();
				await sender.close();
			},
		};
	},
});

export const joinTrial = joinTrialBeside(nobody);
