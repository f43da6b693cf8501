import { millisecondsWords, shareWords } from '#lib/language/figures.text.ts';
import { plural } from '#lib/language/plural.ts';
import { deviceWords } from '#lib/features/call/text/devices.text.ts';
import { hostAndPort } from '#lib/features/call/text/mediaPath.text.ts';
import {
	verdict,
	type CheckName,
	type Findings,
	type Quality,
	type Way,
} from '#lib/features/check/engine/findings.ts';

/** A line of the check. */
export type LineWords = {
	tone: 'waiting' | 'busy' | 'good' | 'bad' | 'untried';
	label: string;
	text: string;
	/** What the person can do; empty if nothing needs to be done. */
	help: string;
};

export function labelOf(name: CheckName): string {
	switch (name) {
		case 'browser':
			return 'Browser';
		case 'connection':
			return 'Connection to the server';
		case 'clock':
			return 'Clock';
		case 'udp':
			return 'Audio and video over UDP';
		case 'tcp':
			return 'Audio and video over TCP';
		case 'turn':
			return 'Audio and video through a relay (TURN)';
		case 'quality':
			return 'Quality of the line';
		case 'microphone':
			return 'Microphone';
		case 'camera':
			return 'Camera';
		case 'speaker':
			return 'Speaker';
	}
}

/** The label, the finding and the help of one check. */
export function lineWords(name: CheckName, findings: Findings): LineWords {
	const found = findings[name];
	const label = labelOf(name);
	switch (found.kind) {
		case 'waiting':
			return { label, tone: 'waiting', text: 'Not tried yet', help: '' };
		case 'running':
			return { label, tone: 'busy', text: runningWords(name), help: '' };
		case 'untried':
			return { label, tone: 'untried', ...untriedWords(found) };
		case 'good':
			return { label, tone: 'good', text: goodWords(name, findings), help: '' };
		case 'bad':
			return { label, tone: 'bad', ...badWords(name, findings) };
	}
}

/** The sound plays, and only the person knows whether it is heard. */
function runningWords(name: CheckName): string {
	return name === 'speaker' ? 'Do you hear it?' : 'Checking…';
}

type Untried = Extract<Findings['udp'], { kind: 'untried' }>;
type Words = Pick<LineWords, 'text' | 'help'>;

function untriedWords(untried: Untried): Words {
	switch (untried.why) {
		case 'no-connection':
			return { text: 'Not tried, because there was no connection.', help: '' };
		case 'no-way':
			return { text: 'Not tried, because no audio or video came through.', help: '' };
		case 'no-relay':
			return { text: 'Not tried, because this server offers you no relay.', help: '' };
		case 'refused':
			return { text: 'Not tried', help: untried.message };
	}
}

function goodWords(name: CheckName, { connection, quality }: Findings): string {
	if (name === 'connection' && connection.kind === 'good' && connection.transport === 'polling')
		return 'Works, but something blocks WebSockets. Messages may be slow.';
	if (name === 'quality' && quality.kind === 'good') return qualityWords(quality);
	return 'Works';
}

function qualityWords({ roundTrip, loss }: Quality): string {
	const [time, lost] = [millisecondsWords(roundTrip), shareWords(loss)];
	return `Round trip ${time}, lost packets ${lost}`;
}

function badWords(name: CheckName, findings: Findings): Words {
	switch (name) {
		case 'browser':
			return browserWords(findings.browser);
		case 'connection':
			return connectionWords(findings.connection);
		case 'clock':
			return clockWords(findings.clock);
		case 'udp':
		case 'tcp':
		case 'turn':
			return wayWords(name, findings);
		case 'quality':
			return {
				text: findings.quality.kind === 'bad' ? qualityWords(findings.quality) : '',
				help: 'Move closer to your Wi-Fi, use a cable, or end other downloads.',
			};
		case 'microphone':
		case 'camera':
			return problemWords(name, findings[name]);
		case 'speaker':
			return {
				text: "You didn't hear the sound.",
				help: 'Turn up the volume, and choose another speaker in the settings of your device.',
			};
	}
}

function browserWords(found: Findings['browser']): Words {
	return {
		text: found.kind === 'bad' ? found.message : '',
		help: 'Use a current Chrome, Edge, Firefox or Safari.',
	};
}

function connectionWords(found: Findings['connection']): Words {
	if (found.kind === 'bad' && found.problem === 'refused') return { text: found.message, help: '' };
	const help = 'Check your internet connection, then check again.';
	return found.kind === 'bad' && found.problem === 'lost'
		? { text: 'Lost connection to the server.', help }
		: { text: "The server doesn't answer.", help };
}

function clockWords(found: Findings['clock']): Words {
	const seconds = found.kind === 'bad' ? Math.abs(found.ahead) : 0;
	return {
		text: plural(seconds, [
			"1 second away from the server's clock",
			"# seconds away from the server's clock",
		]),
		help: 'Let your device set its clock automatically.',
	};
}

function wayWords(way: Way, findings: Findings): Words {
	const found = findings[way];
	const to = found.kind === 'bad' ? hostAndPort(found.address, found.port) : '';
	const text = way === 'turn' ? 'Nothing came back.' : `Nothing came back from ${to}.`;
	const works = (['udp', 'tcp', 'turn'] as const).some((one) => findings[one].kind === 'good');
	return {
		text,
		help: works
			? 'Calls take another route, which may be less smooth.'
			: 'A VPN or company network may be blocking it. Try another network.',
	};
}

function problemWords(device: 'microphone' | 'camera', found: Findings['microphone']): Words {
	const { title, help } = deviceWords(device, found.kind === 'bad' ? found.problem : 'busy');
	return { text: title, help };
}

/** The overall result, in words. */
export function verdictWords(findings: Findings, isRunning: boolean): string {
	if (isRunning) return 'Checking the connection…';
	switch (verdict(findings)) {
		case true:
			return 'Calls work on this device and network.';
		case false:
			return "Calls don't work here yet. See below what to do.";
		case null:
			return "The check couldn't find out whether calls work here.";
	}
}

/** All findings as text for the people who help: it holds no names and no ids. */
export function checkReport(
	findings: Findings,
	about: { browser: string; server: string; time: Date },
): string {
	const lines = (Object.keys(findings) as CheckName[]).map((name) => {
		const { label, text, help } = lineWords(name, findings);
		return `${label}: ${[text, help].filter((words) => words !== '').join(' – ')}`;
	});
	return [about.server, about.time.toISOString(), about.browser, '', ...lines].join('\n');
}
