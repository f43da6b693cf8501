import type { Data, Sent } from '#shared/protocol.ts';
import { limits } from '#shared/limits.ts';
import type { PeerInfo } from '#shared/room.ts';
import { selectedPair } from '../statistics/candidatePair.ts';
import { indexed, type Stats } from '../statistics/statReport.ts';
import type { Measurable } from '../statistics/statistics.ts';

type QualityReport = Sent<'media:quality'>;

/** Between two reports, in ms. */
const pause = 60_000;

/**
 * Reports the quality of the call to the server (MEDIA-23): at once, and then once a minute. A report that fails is
 * left out.
 *
 * @param peers the peers who were inside when this client joined
 * @returns what ends the reports
 */
export function reportQuality(
	{ getStats }: Pick<Measurable, 'getStats'>,
	peers: readonly PeerInfo[],
	ask: (name: 'media:quality', report: QualityReport) => Promise<Data<'media:quality'>>,
): () => void {
	// A person who is alone waits for others to join, not for a picture.
	if (!peers.some(isSeen)) reported = clickOnJoin() ?? reported;
	let ended = false;
	let timer: ReturnType<typeof setTimeout>;
	let before: Stats = new Map();
	const look = async () => {
		timer = setTimeout(() => void look(), pause);
		const [, received] = (await getStats().catch(() => null)) ?? [];
		if (!received || ended) return;
		const now = indexed(received);
		const report = { ...qualityBetween(before, now), ...firstPicture() };
		before = now;
		await ask('media:quality', report).catch(() => undefined);
	};
	void look();
	return () => {
		ended = true;
		clearTimeout(timer);
	};
}

/** The quality of all received streams, between two reports of their transport. */
export function qualityBetween(
	before: Stats,
	now: Stats,
): Pick<QualityReport, 'loss' | 'roundTrip' | 'freezes'> {
	let [received, lost, freezes] = [0, 0, 0];
	for (const stat of now.values()) {
		if (stat.type !== 'inbound-rtp') continue;
		const last = before.get(stat.id);
		const grown = (counter: 'packetsReceived' | 'packetsLost' | 'freezeCount') =>
			Math.max(0, (stat[counter] ?? 0) - (last?.[counter] ?? 0));
		received += grown('packetsReceived');
		lost += grown('packetsLost');
		freezes += grown('freezeCount');
	}
	const seconds = selectedPair(now)?.currentRoundTripTime;
	return {
		loss: received + lost > 0 ? lost / (received + lost) : null,
		roundTrip: seconds === undefined ? null : Math.min(seconds * 1000, limits.roundTrip),
		freezes: Math.min(freezes, limits.freezes),
	};
}

const isSeen = ({ producers }: PeerInfo): boolean =>
	producers.some(({ source, paused }) => !paused && (source === 'camera' || source === 'screen'));

const momentOf = (mark: string) => performance.getEntriesByName(`parley:${mark}`)[0]?.startTime;
const clickOnJoin = () => momentOf('join');

/** When the click was of which the first picture is not to be reported any more, in ms since the page began. */
let reported = 0;

/**
 * The time from the last click on Join to the first picture; empty if there is no picture yet, or if it was reported
 * before.
 */
function firstPicture(): Pick<QualityReport, 'firstPicture'> {
	const [click, picture] = [clickOnJoin(), momentOf('first-frame')];
	if (click === undefined || picture === undefined || click === reported) return {};
	reported = click;
	return { firstPicture: Math.min(picture - click, limits.firstPicture) };
}
