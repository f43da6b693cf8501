import type { BotReport } from '../bots/botReport.ts';
import { percentile } from '../percentiles.ts';
import type { ProbeReport } from '../probe/probeReport.ts';
import type { MachineReport } from './report.ts';

/** Times in ms: how many, and below which half, 95 % and 99 % of them lie; the longest. */
export type Times = { count: number; p50: number; p95: number; p99: number; max: number };

export type Summary = {
	/** Whether some bots sent prepared packets and decoded nothing, so that there is less to tell. */
	bulk: boolean;
	/** Bots that were asked for, that were inside, and that received all they expected. */
	bots: { asked: number; inside: number; complete: number };
	/** While bots came in. */
	joinsPerSecond: number;
	steps: Record<string, Times>;
	requests: Record<string, Times>;
	/** Of how many others sound and pictures were expected, and from how many they came, over all bots. */
	others: BotReport['others'];
	received: {
		/** Of all bots together, in bit/s, while the load was on. */
		bitrate: number;
		/** Bit/s of half of the streams, and what 95 % of them have at least. */
		streams: Record<'audio' | 'video', { count: number; p50: number; p5: number }>;
		/** Share of packets, 0 to 1. */
		loss: number;
		/** What decoders tell, on machines whose bots have them; null where none has. */
		decoded: {
			/** In a minute of a bot. */
			freezesPerMinute: number;
			/** How often in a minute of a bot sound was made up because none had come, and for what share of the time, 0 to 1. */
			audioGapsPerMinute: number;
			audioGapShare: number;
		} | null;
	};
	/** From the camera to the decoded picture. Only where bots that see each other have the same clock. */
	pictureDelay: Times | null;
	/** Messages that were posted, that arrived and that should have, and how long that took. */
	chat: { posted: number; delivered: number; expected: number; delay: Times | null };
	/** What browsers saw and heard; null where there was none. */
	probe: {
		/** Why some of them measured nothing, or ended early. */
		failures: string[];
		streams: number;
		/** From the camera to the screen. */
		pictureDelay: Times | null;
		/** In a minute of a picture, and for what share of the time, 0 to 1. */
		freezesPerMinute: number;
		frozenShare: number;
		voices: number;
		/** From the microphone to the speaker, below 1000 ms. */
		soundDelay: Times | null;
		/** In a minute of a voice, and for what share of the time, 0 to 1. */
		gapsPerMinute: number;
		gapShare: number;
	} | null;
	service: MachineReport['service'];
	/** Of the machines of the bots, together. */
	cores: { bots: number; all: number };
	errors: { what: string; code: string; message: string; count: number }[];
};

/** The order in which a bot takes its steps. */
const steps = [
	...[
		'session',
		'lobby',
		'path',
		'ready',
		'join-sent',
		'join-answered',
		'next-answered',
		'next-found',
	],
	...['consumers-built', 'resumed', 'joined', 'first-packet', 'first-frame'],
];

/** The figures of a run that follow from what its machines measured. */
export function summaryOf(machines: readonly MachineReport[]): Summary {
	const bots = machines.flatMap((machine) => machine.bots);
	const sum = (of: (bot: BotReport) => number) => bots.reduce((all, bot) => all + of(bot), 0);
	const received = (name: keyof BotReport['received']) => sum((bot) => bot.received[name]);
	const packets = received('packets') + received('lost');
	const complete = ({ joinedAt, others: { heard, sound, seen, pictures } }: BotReport) =>
		joinedAt !== null && seen >= pictures && heard >= Math.min(sound, heardAtOnce);
	return {
		bulk: machines.some(({ asked }) => asked.bulk),
		bots: {
			asked: machines.reduce((all, { asked }) => all + asked.rooms * asked.peers, 0),
			inside: bots.filter(({ joinedAt }) => joinedAt !== null).length,
			complete: bots.filter(complete).length,
		},
		joinsPerSecond: joinsPerSecond(bots),
		steps: timesByName(
			bots.map((bot) => bot.steps),
			steps,
		),
		requests: timesByName(bots.map((bot) => bot.requests)),
		others: {
			sound: sum(({ others }) => others.sound),
			heard: sum(({ others }) => others.heard),
			pictures: sum(({ others }) => others.pictures),
			seen: sum(({ others }) => others.seen),
		},
		received: {
			bitrate: sum(({ received: { bytes, seconds } }) => (seconds > 0 ? (8 * bytes) / seconds : 0)),
			streams: {
				audio: streamsOf(bots.flatMap(({ bitrates }) => bitrates.audio)),
				video: streamsOf(bots.flatMap(({ bitrates }) => bitrates.video)),
			},
			loss: packets > 0 ? received('lost') / packets : 0,
			decoded: decodedOf(machines.filter(({ asked }) => !asked.bulk)),
		},
		pictureDelay: timesOf(bots.flatMap((bot) => bot.pictureDelays)),
		chat: {
			posted: sum(({ chat }) => chat.posted),
			delivered: sum(({ chat }) => chat.delivered),
			expected: machines.reduce(
				(all, machine) =>
					all +
					machine.asked.peers * machine.bots.reduce((posts, { chat }) => posts + chat.posted, 0),
				0,
			),
			delay: timesOf(bots.flatMap(({ chat }) => chat.delays)),
		},
		probe: probeOf(machines.flatMap(({ probe }) => probe ?? [])),
		service: machines.flatMap(({ service }) => service),
		cores: {
			bots: machines.reduce((all, { machine }) => all + machine.bots, 0),
			all: machines.reduce((all, { machine }) => all + machine.cores, 0),
		},
		errors: errorsOf(bots),
	};
}

/** @param machines whose bots have decoders. */
function decodedOf(machines: readonly MachineReport[]): Summary['received']['decoded'] {
	if (machines.length === 0) return null;
	const bots = machines.flatMap((machine) => machine.bots);
	const received = (name: keyof BotReport['received']) =>
		bots.reduce((sum, bot) => sum + bot.received[name], 0);
	const minutes = Math.max(received('seconds') / 60, Number.EPSILON);
	return {
		freezesPerMinute: received('freezes') / minutes,
		audioGapsPerMinute: received('gaps') / minutes,
		audioGapShare: received('concealed') / Math.max(1, received('samples')),
	};
}

function probeOf(probes: readonly ProbeReport[]): Summary['probe'] {
	if (probes.length === 0) return null;
	const sum = (of: (probe: ProbeReport) => number) =>
		probes.reduce((all, each) => all + of(each), 0);
	const total = (times: readonly number[]) => times.reduce((all, each) => all + each, 0);
	const watched = Math.max(
		sum((probe) => probe.watched),
		Number.EPSILON,
	);
	const listened = Math.max(
		sum((probe) => probe.listened),
		Number.EPSILON,
	);
	return {
		failures: probes.flatMap(({ failure }) => failure ?? []),
		streams: sum(({ streams }) => streams),
		pictureDelay: timesOf(probes.flatMap(({ pictureDelays }) => pictureDelays)),
		freezesPerMinute: sum(({ freezes }) => freezes.length) / (watched / 60),
		frozenShare: sum(({ freezes }) => total(freezes)) / 1000 / watched,
		voices: sum(({ voices }) => voices),
		soundDelay: timesOf(probes.flatMap(({ soundDelays }) => soundDelays)),
		gapsPerMinute: sum(({ gaps }) => gaps.length) / (listened / 60),
		gapShare: sum(({ gaps }) => total(gaps)) / 1000 / listened,
	};
}

/** So many others are heard at a time, unless the service is set otherwise. */
const heardAtOnce = 8;

function joinsPerSecond(bots: readonly BotReport[]): number {
	const inside = bots.filter(({ joinedAt }) => joinedAt !== null);
	const from = Math.min(...bots.map(({ joinedFrom }) => joinedFrom ?? Number.POSITIVE_INFINITY));
	const to = Math.max(...inside.map(({ joinedAt }) => joinedAt ?? 0));
	return inside.length > 0 ? (1000 * inside.length) / Math.max(1, to - from) : 0;
}

function timesByName(
	all: readonly Record<string, number[]>[],
	order: readonly string[] = [],
): Record<string, Times> {
	const names = [...new Set([...order, ...all.flatMap(Object.keys)])];
	const entries = names.map((name) => [name, timesOf(all.flatMap((each) => each[name] ?? []))]);
	return Object.fromEntries(entries.filter(([, times]) => times !== null));
}

function timesOf(values: readonly number[]): Times | null {
	if (values.length === 0) return null;
	const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((share) =>
		round(percentile(values, share)),
	);
	return { count: values.length, p50, p95, p99, max } as Times;
}

function streamsOf(bitrates: readonly number[]): { count: number; p50: number; p5: number } {
	if (bitrates.length === 0) return { count: 0, p50: 0, p5: 0 };
	const [p50 = 0, p5 = 0] = [0.5, 0.05].map((share) => Math.round(percentile(bitrates, share)));
	return { count: bitrates.length, p50, p5 };
}

function errorsOf(bots: readonly BotReport[]): Summary['errors'] {
	const all = bots.flatMap(({ failures }) => failures);
	const alike = Map.groupBy(all, ({ what, code }) => `${what} ${code}`);
	return [...alike.values()]
		.flatMap(([first, ...more]) =>
			first ? [{ ...first, count: more.reduce((sum, { count }) => sum + count, first.count) }] : [],
		)
		.sort((a, b) => b.count - a.count);
}

const round = (value: number) => Math.round(value * 10) / 10;
