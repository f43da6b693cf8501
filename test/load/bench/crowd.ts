import { setTimeout as pause } from 'node:timers/promises';
import { newRoomId } from '../../../shared/ids.ts';
import { Person } from '../../support/browser.ts';
import { Cast } from '../../support/client.ts';
import { produceInput } from '../../support/rtp.ts';
import type { Measurement } from '../measurement.ts';
import { percentile } from '../percentiles.ts';
import { browserOf, serviceOf, type MeasuredService } from '../processes.ts';
import type { Benchmark } from './benchmark.ts';
import { generous } from './generous.ts';
import type { Findings } from './report.ts';
import { pausesOf, recordFrames } from './shownFrames.ts';
import { spreadGoal, spreadPlot, spreadTable, figure } from './spread.ts';
import { MediaLeg, type Certificate } from '../wire/mediaLeg.ts';
import { benchCertificate } from './wire/benchCertificate.ts';
import { enterLobby, joinRoom, type WireVisitor } from './wire/wirePeer.ts';

/** Within so many ms all of them press Join. */
const within = 1000;
/** How long those inside are looked at before and after, in ms. */
const quiet = 2000;
/** How long a join may take, in ms. */
const patience = 20_000;

/** Of each join the ms to each of its steps, and of each crowd to its last step. */
type Joins = { answered: number[]; resumed: number[]; pictures: number[]; last: number[] };
/** Of each person inside, in each crowd: the longest pause between two frames before and meanwhile, in ms. */
type Inside = { before: number[]; meanwhile: number[] };
/** Of each sender and layer, in each crowd: requests for key frames after the first one, a second. */
type Found = Joins & Inside & { keyFrameRequests: number[] };

/** One in the lobby whose transport to receive is open. */
type Joiner = WireVisitor & { leg: MediaLeg };

async function joiner(cast: Cast, certificate: Certificate): Promise<Joiner> {
	const visitor = await enterLobby(cast, cast.roomId, certificate);
	const leg = new MediaLeg(visitor.lobby.recvTransport, certificate);
	await leg.connect();
	await visitor.client.ask('media:produce', produceInput('microphone'));
	return { ...visitor, leg };
}

/** Joins, and waits for the first packet of a picture. */
async function joinOne(joined: Joiner, name: string, cast: Cast, found: Joins): Promise<void> {
	const began = performance.now();
	const { client, consumers } = await joinRoom(joined, cast.roomId, name);
	found.answered.push(performance.now() - began);
	const consumerIds = consumers.map(({ consumerId }) => consumerId);
	await client.ask('media:resume', { consumerIds });
	found.resumed.push(performance.now() - began);
	const payloadType = consumers.find(({ kind }) => kind === 'video')?.rtpParameters.codecs[0]
		?.payloadType;
	if (payloadType === undefined) throw new Error('there is no picture to receive');
	const { firstOf } = joined.leg;
	while (!firstOf.has(payloadType) && performance.now() < began + patience) await pause(5);
	found.pictures.push((firstOf.get(payloadType) ?? Number.NaN) - began);
}

/** How many key frames each layer of this sender was asked for so far. */
async function keyFrameRequests(sender: Person): Promise<Map<string, number>> {
	const layers = await sender.stats('outbound-rtp', 'video');
	return new Map(
		layers.map(({ ssrc, pliCount, firCount }) => [
			String(ssrc),
			Number(pliCount ?? 0) + Number(firCount ?? 0),
		]),
	);
}

/** One crowd, from its lobbies until all of them are gone. */
async function crowdOf(
	size: number,
	{ service, roomId }: { service: MeasuredService; roomId: Cast['roomId'] },
	inside: readonly [Person, Person],
	certificate: Certificate,
	found: Found,
): Promise<void> {
	const cast = new Cast(service, roomId);
	const legs: MediaLeg[] = [];
	try {
		const joiners: Joiner[] = [];
		while (joiners.length < size) {
			const next = await joiner(cast, certificate);
			joiners.push(next);
			legs.push(next.leg);
		}
		const [one, other] = inside;
		const shown = [await recordFrames(one, other.name), await recordFrames(other, one.name)];
		await pause(quiet);
		const before = await Promise.all(shown.map((frames) => frames()));
		const requested = await Promise.all(inside.map(keyFrameRequests));

		const began = performance.now();
		await Promise.all(
			joiners.map(async (each, index) => {
				await pause((index * within) / size);
				await joinOne(each, `Guest ${index}`, cast, found);
			}),
		);
		found.last.push(performance.now() - began);
		await pause(quiet);

		const seconds = (performance.now() - began) / 1000;
		for (const [index, sender] of inside.entries())
			for (const [layer, count] of await keyFrameRequests(sender)) {
				const more = count - (requested[index]?.get(layer) ?? 0);
				found.keyFrameRequests.push(Math.max(0, more - 1) / seconds);
			}
		for (const [index, frames] of shown.entries()) {
			const earlier = before[index] ?? [];
			found.before.push(Math.max(...pausesOf(earlier)));
			const later = (await frames()).slice(Math.max(0, earlier.length - 1));
			// A video that shows nothing more has paused for all of the time.
			found.meanwhile.push(later.length > 1 ? Math.max(...pausesOf(later)) : seconds * 1000);
		}
	} finally {
		cast.close();
		for (const leg of legs) leg.close();
	}
}

/** Two people in a room, each in a page, who see each other. */
async function two(
	measurement: Measurement,
	{ url }: MeasuredService,
	roomId: Cast['roomId'],
): Promise<readonly [Person, Person]> {
	const browser = await browserOf(measurement);
	const open = async (name: string): Promise<Person> => {
		const person = await Person.open(browser, name, { baseURL: url });
		await person.toLobby(roomId);
		await person.join();
		return person;
	};
	const people = [await open('Ann'), await open('Ben')] as const;
	await people[0].seesMoving('Ben');
	await people[1].seesMoving('Ann');
	return people;
}

function findingsOf(found: Found, size: number): Findings {
	const steps = [
		{ name: 'join answered', values: found.answered },
		{ name: 'consumers resumed', values: found.resumed },
		{ name: 'first packet of a picture', values: found.pictures },
	];
	const all = { name: `From the first press until all ${size} have a picture`, values: found.last };
	const freeze = {
		name: 'Longest pause between two pictures of those inside',
		values: found.meanwhile,
	};
	const most = percentile(found.keyFrameRequests, 1);
	return {
		runs: `${found.last.length} crowds of ${size}`,
		tables: [
			spreadTable('ms after the press on Join of each', steps),
			spreadTable('Of each crowd, in ms', [
				{ name: 'first press to the last picture', values: found.last },
				{ name: 'longest pause between two pictures inside, before', values: found.before },
				{ name: '…, meanwhile', values: found.meanwhile },
			]),
		],
		plots: [
			spreadPlot(
				'How many were done after so many ms',
				{ x: 'ms after the press on Join', y: '% of joins' },
				steps,
			),
		],
		goals: [
			spreadGoal(all, 1, 3000),
			{
				what: 'Requests for key frames at each sender and layer',
				goal: 'at most 1 a second',
				seen: `${figure(most)} a second`,
				isMet: most <= 1,
			},
			spreadGoal(freeze, 1, 200),
		],
		notes: [
			`Two people in pages are inside and see each other. ${size} others, whose lobby is ready, press Join, evenly over ${within / 1000} s. They are clients of signalling with a real transport to receive (ICE, DTLS, SRTP) and an open microphone that sends nothing.`,
			'All of them, the pages and the service share the machine.',
			'Requests for key frames are those after the first one, which has to come.',
		],
	};
}

/** Many who join a room within a second, and what those inside feel of it. */
export const crowd: Benchmark = {
	title: 'Crowd: 50 joins within a second',
	compares: false,
	start({ isSmoke, runs }) {
		const size = isSmoke ? 3 : 50;
		const crowds = isSmoke ? 1 : (runs ?? 5);
		const found: Found = {
			...{ answered: [], resumed: [], pictures: [], last: [] },
			...{ before: [], meanwhile: [], keyFrameRequests: [] },
		};
		return {
			bound: 90 + crowds * 60,
			async work(measurement) {
				const certificate = await benchCertificate(measurement);
				const service = await serviceOf(measurement, { environment: generous });
				const roomId = newRoomId();
				const inside = await two(measurement, service, roomId);
				for (let count = 0; count < crowds && !measurement.signal.aborted; count++)
					await crowdOf(size, { service, roomId }, inside, certificate, found);
			},
			findings: () => findingsOf(found, size),
		};
	},
};
