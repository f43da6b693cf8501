import type { Knock } from '#shared/admission.ts';
import type { DeviceLoss, HostAct } from './call/model.ts';
import { plural } from './language/plural.ts';

/** A short message over the call. */
export type Notice = { title: string; text: string };

/** What a host did to oneself. */
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
					: 'A host has to let you speak. You can raise your hand.',
			};
		case 'allowed-to-unmute':
			return { title: `${name} lets you speak again`, text: 'Unmute yourself when you like.' };
		case 'camera-stopped':
			return { title: `${name} turned your camera off`, text: 'You can turn it on again.' };
		case 'share-stopped':
			return { title: `${name} ended your screen share`, text: 'The others see it no more.' };
		case 'hand-lowered':
			return { title: `${name} lowered your hand`, text: 'You can raise it again.' };
	}
}

/** A device that went away by itself. */
export function lossWords({ kind, from, to }: DeviceLoss): Notice {
	const { gone, noOther } = lossOf(kind);
	return { title: from ? `${from} is gone` : gone, text: to ? `Now using ${to}.` : noOther };
}

function lossOf(kind: DeviceLoss['kind']): { gone: string; noOther: string } {
	switch (kind) {
		case 'microphone':
			return {
				gone: 'The microphone is gone',
				noOther: 'No other microphone was found. Plug one in, then turn it on again.',
			};
		case 'camera':
			return {
				gone: 'The camera is gone',
				noOther: 'No other camera was found. Plug one in, then turn it on again.',
			};
		case 'speaker':
			return {
				gone: 'The speaker is gone',
				noOther: 'No other speaker was found. Plug one in, then turn it on again.',
			};
	}
}

/** Who came to the door. */
export function knockWords(knocks: readonly Pick<Knock, 'name'>[]): Notice {
	const title = plural(knocks.length, ['{name} wants to come in', '# people want to come in'], {
		name: knocks[0]?.name ?? '',
	});
	return { title, text: 'They wait for a host.' };
}
