import type { ChatMember, FileInfo, SystemEvent } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { ChatStore } from '../store/store.ts';

/** A message with what it said before it was edited. */
export type Exported = ReturnType<ChatStore['export']> extends AsyncIterable<infer M> ? M : never;

type Whole = {
	roomId: RoomId;
	/** When it was exported, in ms since 1970. */
	at: number;
	members: ChatMember[];
	messages: Iterable<Exported> | AsyncIterable<Exported>;
};

/** `2026-01-31` */
export const day = (at: number) => new Date(at).toISOString().slice(0, 10);
/** `23:59` */
const time = (at: number) => new Date(at).toISOString().slice(11, 16);

/** Lines below the first one of a message stand further in, so that no text passes for a message of its own. */
const inset = '        ';

/** A chat as people read it: a line for each day, and below it who said what at which time. */
export async function* asText({ roomId, at, members, messages }: Whole): AsyncGenerator<string> {
	const names = new Map(members.map(({ personId, name }) => [personId, name]));
	yield `Chat of the room ${roomId}, exported on ${day(at)} at ${time(at)}.\n`;
	yield 'All times are in UTC.\n';
	let today = '';
	for await (const message of messages) {
		if (day(message.sentAt) !== today) {
			today = day(message.sentAt);
			yield `\n--- ${today} ---\n\n`;
		}
		yield `${linesOf(message, names, today).join('\n')}\n`;
	}
}

function linesOf(message: Exported, names: Map<PersonId, string>, today: string): string[] {
	const { content, author, sentAt, replyTo, reactions, corrections, edits } = message;
	const lead = `[${time(sentAt)}] `;
	if (content.kind === 'system') return [`${lead}* ${author.name} ${event(content.system)}`];
	if (content.kind === 'deleted') return [`${lead}* ${author.name} deleted this message`];
	// The day of what happened later is told where it is another one.
	const when = (then: number) => (day(then) === today ? time(then) : `${day(then)} ${time(then)}`);
	const nameOf = (person: PersonId) => names.get(person) ?? 'somebody';
	return [
		...spread(`${lead}${author.name}: `, content.body),
		...(replyTo ? spread(`${inset}in reply to ${replyTo.author.name}: `, replyTo.excerpt) : []),
		...content.files.map((file) => `${inset}file: ${described(file)}`),
		...edits.flatMap((edit) => spread(`${inset}earlier, at ${when(edit.at)}: `, edit.body)),
		...(content.editedAt === null ? [] : [`${inset}edited at ${when(content.editedAt)}`]),
		...corrections.flatMap(({ author: by, body, proposedAt }) =>
			spread(`${inset}corrected by ${by.name} at ${when(proposedAt)}: `, body),
		),
		...reactions.map(({ emoji, people }) => `${inset}${emoji} ${people.map(nameOf).join(', ')}`),
	];
}

/** Text after its lead; what does not fit on the line goes below it. */
function spread(lead: string, text: string): string[] {
	const [first = '', ...more] = text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
	return [(lead + first).trimEnd(), ...more.map((line) => `${inset}${line}`.trimEnd())];
}

const described = ({ name, type, size }: FileInfo) => `${name} (${type}, ${size} bytes)`;

function event(system: SystemEvent): string {
	switch (system.event) {
		case 'joined':
			return 'joined the call';
		case 'left':
			return 'left the call';
		case 'retention':
			switch (system.retention.kind) {
				case 'forever':
					return 'decided that this chat is kept for ever';
				case 'days':
					return `decided that this chat is kept for ${system.retention.days} days`;
				case 'until-empty':
					return 'decided that this chat is kept until the last one has left the call';
			}
		case 'named-host':
			return `made ${system.person.name} a host`;
		case 'unnamed-host':
			return `made ${system.person.name} a host no longer`;
		case 'removed':
			return `removed ${system.person.name}`;
		case 'allowed':
			return `allowed ${system.person.name} to come again`;
		case 'muted-everybody':
			return 'muted everybody';
		case 'locked':
			return system.locked ? 'locked the room' : 'unlocked the room';
		case 'password':
			return system.set ? 'set a password' : 'took the password away';
		case 'ended-call':
			return 'ended the call';
		case 'called':
			if (system.seconds !== null) return `called, for ${system.seconds} seconds`;
			return system.outcome === 'declined' ? 'called, and was declined' : 'called in vain';
	}
}
