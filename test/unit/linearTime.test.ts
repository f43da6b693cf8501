import * as v from 'valibot';
import { expect, test } from 'vitest';
import { fileNameOf } from '../../sfu/files/fileName.ts';
import { attachment } from '../../sfu/http/chat/downloads.ts';
import { isSecret } from '../../sfu/people/identity/tokenSecret.ts';
import { addressBlock } from '../../sfu/platform/address.ts';
import { checkPassword } from '../../sfu/people/identity/commonPasswords.ts';
import { SessionCookies } from '../../sfu/people/identity/sessionCookies.ts';
import { words } from '../../sfu/store/database/words.ts';
import { reaction, searchQuery } from '../../shared/chat.ts';
import { newPersonId, personId, roomId } from '../../shared/ids.ts';
import { displayName, foreignName, messageBody, saysSomething } from '../../shared/text.ts';
import { foldedName, nameSkeleton, userName } from '../../shared/userName.ts';
import { initials } from '../../web/src/lib/design/avatar.ts';
import { excerptOf } from '../../web/src/lib/features/chat/engine/excerpt.ts';
import { mentionsIn } from '../../web/src/lib/features/chat/engine/composer/mentions.ts';
import { plainExcerpt } from '../../web/src/lib/features/chat/text/chat.text.ts';
import { searchExcerpt, searchMarks } from '../../web/src/lib/features/chat/text/searchMarks.ts';
import {
	beginningAt,
	closedEmojiName,
	matchNames,
} from '../../web/src/lib/features/chat/engine/composer/completion.ts';
import { isEmojiOnly } from '../../web/src/lib/markdown/emojiOnly.ts';
import { withMentions } from '../../web/src/lib/markdown/mentions.ts';
import { parseMessage } from '../../web/src/lib/markdown/parse.ts';
import { interestsOf } from '../../web/src/lib/features/match/text/match.text.ts';
import { parseRoomInput } from '../../web/src/lib/features/rooms/engine/roomLink.ts';
import { wordDiff } from '../../web/src/lib/features/chat/ui/message/wordDiff.ts';

/** All that reads what people send or type. */
const parsers: Record<string, (text: string) => unknown> = {
	fileNameOf,
	attachment,
	isSecret,
	addressBlock,
	words,
	saysSomething,
	foldedName,
	nameSkeleton,
	initials,
	plainExcerpt,
	isEmojiOnly,
	parseMessage,
	interestsOf,
	displayName: (text) => v.safeParse(displayName, text),
	foreignName: (text) => v.safeParse(foreignName, text),
	messageBody: (text) => v.safeParse(messageBody, text),
	searchQuery: (text) => v.safeParse(searchQuery, text),
	reaction: (text) => v.safeParse(reaction, text),
	userName: (text) => v.safeParse(userName, text),
	roomId: (text) => v.safeParse(roomId, text),
	personId: (text) => v.safeParse(personId, text),
	'a session cookie': (text) =>
		new SessionCookies('x'.repeat(32)).identify(`parley_session=${text}`),
	// A password repeats something from its first letter on.
	checkPassword: (text) => checkPassword(text.slice(1), text.slice(0, 9)).catch(() => null),
	excerptOf: (body) => excerptOf({ content: { kind: 'text', body } }),
	parseRoomInput: (text) => parseRoomInput(text, origin),
	'parseRoomInput of a link': (text) => parseRoomInput(`${origin}/room/${text}`, origin),
	mentionsIn: (text) => mentionsIn(text, [{ personId: somebody, name: text.slice(0, 64) }]),
	withMentions: (text) =>
		withMentions(
			[{ kind: 'paragraph', children: [{ kind: 'text', text }] }],
			[{ name: text.slice(0, 64), you: true }],
		),
	searchMarks: (text) => searchMarks(text, text.slice(0, 200)),
	searchExcerpt: (text) => searchExcerpt(text, text.slice(0, 200)),
	beginningAt: (text) => beginningAt(text, text.length),
	closedEmojiName: (text) => closedEmojiName(text, text.length),
	matchNames: (text) => matchNames([{ name: text }], text.slice(0, 40)),
	wordDiff: (text) => wordDiff(text, text.replaceAll(/[a ]/g, 'b ')),
};
const origin = 'https://meet.example.org';
const somebody = newPersonId();

/** What a text repeats that expressions with two ways to read it stumble over. */
const repeated = [
	'a',
	' ',
	'.',
	'\n',
	' \n',
	'*',
	'_',
	'`',
	'@',
	'a@b.',
	'[',
	'](',
	'> ',
	'- ',
	'1',
	'/',
	'http://a.',
	'\u0301',
	'😀',
];

const textOf = (part: string, length: number) => `x${part.repeat(length / part.length)}!`;

/** What it costs this process in ms of its processors, whatever else the machine does meanwhile. */
async function cost(parse: (text: string) => unknown, text: string): Promise<number> {
	const from = process.cpuUsage();
	await parse(text);
	const { user, system } = process.cpuUsage(from);
	return (user + system) / 1000;
}

/** Whether ten times the text costs far more than ten times as much. A hundred times would be quadratic. */
async function isSuperlinear(parse: (text: string) => unknown, part: string): Promise<boolean> {
	const [short, long] = [textOf(part, 10_000), textOf(part, 100_000)];
	let [before, after] = [Infinity, Infinity];
	// What is collected or compiled meanwhile adds to one try, not to all of them.
	for (let tries = 0; tries < 5; tries++) {
		before = Math.min(before, await cost(parse, short));
		// It would only take as many seconds to see what is clear already: a linear parser takes some ms.
		if (before > 400) return true;
		after = Math.min(after, await cost(parse, long));
		if (after < Math.max(before, 1) * 50) return false;
	}
	return true;
}

test.each(Object.keys(parsers))(
	'A-H3: %s takes ten times as long for ten times the text, whatever the text repeats',
	async (name) => {
		const parse = parsers[name];
		if (!parse) throw new Error('there is no such parser');
		const slow: string[] = [];
		for (const part of repeated) if (await isSuperlinear(parse, part)) slow.push(part);
		expect(slow).toEqual([]);
	},
	60_000,
);
