import { browser } from '$app/env';

/** Only the sites that the operator names show a page of ours within theirs, whatever has become of its address. */
const embedded = browser && (self !== top || new URLSearchParams(location.search).has('embed'));

/** Whether this is shown as a part of another site's page: the call alone, with no way to the rest of ours. */
export const isEmbedded = (): boolean => embedded;
