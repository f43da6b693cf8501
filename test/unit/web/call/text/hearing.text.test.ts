import { expect, test } from 'vitest';
import { hearingWords, type Hearing } from '#lib/features/call/text/hearing.text.ts';

const peer = (name: string, state: 'hears' | 'silent' | 'lost' | 'not-ready' = 'hears') => ({
	...{ name, state },
});
const open = (...peers: ReturnType<typeof peer>[]): Hearing => ({
	microphone: 'on',
	server: { microphone: 'open', peers },
});

test.each<[Hearing, string[]]>([
	[{ ...open(peer('Ana')), microphone: 'off' }, ['No one can hear you: your microphone is off.']],
	[{ ...open(peer('Ana')), microphone: 'hostMuted' }, ['No one can hear you: a host muted you.']],
	[{ microphone: 'on', server: null }, ["Connection lost: we can't tell who hears you."]],
	[open(), ["There's no one else here to hear you."]],
	[
		{ microphone: 'on', server: { microphone: 'unreached', peers: [peer('Ana')] } },
		["No one can hear you: your audio isn't reaching the server."],
	],
	[
		{ microphone: 'on', server: { microphone: 'paused', peers: [peer('Ana')] } },
		['Turning on your microphone…'],
	],
	[open(peer('Ana')), ['Ana can hear you.']],
	[
		open(peer('Ana'), peer('Ben'), peer('Cy'), peer('Di'), peer('Eve')),
		['Ana, Ben and 3 others can hear you.'],
	],
	[
		open(peer('Ana'), peer('Ben', 'lost'), peer('Cy', 'not-ready')),
		[
			'Ana can hear you.',
			"Ben can't hear you: the connection was lost.",
			"Cy can't hear you yet: audio is still connecting.",
		],
	],
	[open(peer('Ana', 'silent')), ['Ana will hear you when you speak.']],
])('ROOM-12: %j in words', (hearing, sentences) => {
	expect(hearingWords(hearing)).toEqual(sentences);
});
