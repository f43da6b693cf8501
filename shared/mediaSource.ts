import * as v from 'valibot';

/** Where the media of a producer comes from. It decides the kind, how it is shown and its rank. */
export const mediaSource = v.picklist(['microphone', 'camera', 'screen', 'screen-audio']);
export type MediaSource = v.InferOutput<typeof mediaSource>;

/** The kind of media each source gives. */
export const kindOfSource = {
	microphone: 'audio',
	camera: 'video',
	screen: 'video',
	'screen-audio': 'audio',
} as const satisfies Record<MediaSource, 'audio' | 'video'>;
