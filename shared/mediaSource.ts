import * as v from 'valibot';

/** The source of a producer's media. It decides the kind, the way it is shown and its rank. */
export const mediaSource = v.picklist(['microphone', 'camera', 'screen', 'screen-audio']);
export type MediaSource = v.InferOutput<typeof mediaSource>;

/** The kind of media of each source. */
export const kindOfSource = {
	microphone: 'audio',
	camera: 'video',
	screen: 'video',
	'screen-audio': 'audio',
} as const satisfies Record<MediaSource, 'audio' | 'video'>;
