import { expect, test } from 'vitest';
import { hearingWords, type Hearing } from '#lib/hearingWords.ts';

const peer = (name: string, state: 'hears' | 'silent' | 'lost' | 'not-ready' = 'hears') => ({
	...{ name, state },
});
const open = (...peers: ReturnType<typeof peer>[]): Hearing => ({
	microphone: 'on',
	server: { microphone: 'open', peers },
});

test.each<[Hearing, string[]]>([
	[{ ...open(peer('Ana')), microphone: 'off' }, ['Nobody hears you: your microphone is off.']],
	[{ ...open(peer('Ana')), microphone: 'hostMuted' }, ['Nobody hears you: a host muted you.']],
	[{ microphone: 'on', server: null }, ['The connection is lost: who hears you is not known.']],
	[open(), ['Nobody else is here to hear you.']],
	[
		{ microphone: 'on', server: { microphone: 'unreached', peers: [peer('Ana')] } },
		['Nobody hears you: your sound does not reach the server.'],
	],
	[
		{ microphone: 'on', server: { microphone: 'paused', peers: [peer('Ana')] } },
		['Your microphone is being turned on.'],
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
			'Ben cannot: the connection is lost.',
			'Cy cannot yet: the sound is not connected.',
		],
	],
	[open(peer('Ana', 'silent')), ['Ana will hear you as soon as you speak.']],
])('R62: %j in words', (hearing, sentences) => {
	expect(hearingWords(hearing)).toEqual(sentences);
});
