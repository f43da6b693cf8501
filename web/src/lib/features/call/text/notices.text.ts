import type { Knock } from '#shared/admission.ts';
import type { DeviceLoss, HostAct } from '../engine/model.ts';
import { plural } from '#lib/language/plural.ts';

/** A short message over the call. */
export type Notice = { title: string; text: string };

/** The notice of a host's action on the person. */
export function actedWords(
	{ by, action }: Pick<HostAct, 'action'> & { by: Pick<HostAct['by'], 'name'> },
	mayUnmute: boolean,
): Notice {
	const { name } = by;
	switch (action) {
		case 'muted':
			return {
				title: `${name} muted you`,
				text: mayUnmute
					? 'You can unmute yourself.'
					: 'Only a host can unmute you. Raise your hand to ask.',
			};
		case 'allowed-to-unmute':
			return { title: `${name} allowed you to unmute`, text: "Unmute when you're ready." };
		case 'camera-stopped':
			return { title: `${name} turned your camera off`, text: 'You can turn it on again.' };
		case 'share-stopped':
			return {
				title: `${name} stopped your screen share`,
				text: "Others can't see your screen any more.",
			};
		case 'hand-lowered':
			return { title: `${name} lowered your hand`, text: 'You can raise it again.' };
	}
}

/** A device that went away by itself. */
export function lossWords({ kind, from, to }: DeviceLoss): Notice {
	const { gone, noOther } = lossOf(kind);
	return { title: from ? `${from} disconnected` : gone, text: to ? `Now using ${to}.` : noOther };
}

function lossOf(kind: DeviceLoss['kind']): { gone: string; noOther: string } {
	switch (kind) {
		case 'microphone':
			return {
				gone: 'Microphone disconnected',
				noOther: 'No other microphone found. Plug one in, then turn it on.',
			};
		case 'camera':
			return {
				gone: 'Camera disconnected',
				noOther: 'No other camera found. Plug one in, then turn it on.',
			};
		case 'speaker':
			return {
				gone: 'Speaker disconnected',
				noOther: 'No other speaker found. Plug one in.',
			};
	}
}

/** The notice of people who knock. */
export function knockWords(knocks: readonly Pick<Knock, 'name'>[]): Notice {
	const [first, ...others] = knocks;
	const title =
		first && others.length === 0
			? `${first.name} wants to join`
			: plural(knocks.length, ['# person wants to join', '# people want to join']);
	return { title, text: 'Waiting for a host.' };
}

/** A message that arrived while the person did not look at the chat, as its notice needs it. */
export type ArrivedMessage = {
	readonly author: string;
	/** Its text in short; empty for one that has files only. */
	readonly excerpt: string;
	/** Whether it is for the reader alone. */
	readonly direct: boolean;
	/** Whether it names the reader. */
	readonly mentioned: boolean;
};

/** @param count how many messages arrived; the notice is about the given one */
export function messageNotice(
	{ author, excerpt, direct, mentioned }: ArrivedMessage,
	count: number,
): Notice {
	const text = excerpt === '' ? 'Sent a file' : excerpt;
	if (direct) return { title: `Direct message from ${author}`, text };
	if (mentioned) return { title: `${author} mentioned you`, text };
	if (count === 1) return { title: author, text };
	return {
		title: plural(count, ['1 new message', '# new messages']),
		text: `${author}: ${text}`,
	};
}
