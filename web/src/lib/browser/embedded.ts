import { browser } from '$app/env';

/** Whether this is shown as a part of another site's page: the call alone, with no way to the rest of ours. */
export const isEmbedded = (): boolean =>
	browser && new URLSearchParams(location.search).has('embed');
