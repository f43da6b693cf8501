import type { Knock } from '#shared/admission.ts';
import type { DeviceLoss, HostAct } from './call/model.ts';

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

const devices = { microphone: 'microphone', camera: 'camera', speaker: 'speaker' } as const;

/** A device that went away by itself. */
export function lossWords({ kind, from, to }: DeviceLoss): Notice {
	const lost = from || `The ${devices[kind]}`;
	return {
		title: `${lost} is gone`,
		text: to
			? `Now using ${to}.`
			: `No other ${devices[kind]} was found. Plug one in, then turn it on again.`,
	};
}

/** Who came to the door. */
export function knockWords(knocks: readonly Pick<Knock, 'name'>[]): Notice {
	const [first] = knocks;
	if (first && knocks.length === 1)
		return { title: `${first.name} wants to come in`, text: 'They wait for a host.' };
	return { title: `${knocks.length} people want to come in`, text: 'They wait for a host.' };
}
