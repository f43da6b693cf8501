import type { ChatMember, FileInfo, SystemEvent } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { ChatStore } from '../../store/api/store.ts';

/** A message with its earlier texts. */
export type Exported = ReturnType<ChatStore['export']> extends AsyncIterable<infer M> ? M : never;

type ChatExport = {
	roomId: RoomId;
	/** The room's name. */
	name: string | null;
	/** The time of the export, in ms since 1970. */
	at: number;
	members: ChatMember[];
	messages: Iterable<Exported> | AsyncIterable<Exported>;
};

/** `2026-01-31` */
export const day = (at: number) => new Date(at).toISOString().slice(0, 10);
/** `23:59` */
const time = (at: number) => new Date(at).toISOString().slice(11, 16);

/** Indents the further lines of a message, so that no text looks like a message of its own. */
const inset = '        ';

/** A chat as text: a line for each day, and below it each message with its author and time. */
export async function* asText({
	roomId,
	name,
	at,
	members,
	messages,
}: ChatExport): AsyncGenerator<string> {
	const names = new Map(members.map(({ personId, name }) => [personId, name]));
	const room = name === null ? roomId : `“${name}” (${roomId})`;
	yield `Chat in room ${room}, exported on ${day(at)} at ${time(at)}.\n`;
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
	if (content.kind === 'deleted') {
		const what = content.byHost
			? `a host deleted this message of ${author.name}`
			: `${author.name} deleted this message`;
		return [`${lead}* ${what}`];
	}
	// The time of a later event, with its day if it is another day.
	const when = (then: number) => (day(then) === today ? time(then) : `${day(then)} ${time(then)}`);
	const nameOf = (person: PersonId) => names.get(person) ?? 'someone';
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

/** Text after its lead; what does not fit on the line continues below it. */
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
					return 'set messages to be kept forever';
				case 'days':
					return `set messages to be deleted after ${system.retention.days} days`;
				case 'until-empty':
					return 'set messages to be deleted when the call ends';
			}
		case 'named-host':
			return `made ${system.person.name} a host`;
		case 'unnamed-host':
			return `removed ${system.person.name} as host`;
		case 'removed':
			return `removed ${system.person.name}`;
		case 'allowed':
			return `let ${system.person.name} back in`;
		case 'muted-everybody':
			return 'muted everyone';
		case 'locked':
			return system.locked ? 'locked the room' : 'unlocked the room';
		case 'password':
			return system.set ? 'set a password' : 'removed the password';
		case 'named-room':
			return system.name === null
				? 'removed the name of the room'
				: `named the room “${system.name}”`;
		case 'ended-call':
			return 'ended the call';
		case 'called':
			if (system.seconds !== null) return `called, for ${system.seconds} seconds`;
			return system.outcome === 'declined' ? 'called (declined)' : 'called (no answer)';
	}
}
