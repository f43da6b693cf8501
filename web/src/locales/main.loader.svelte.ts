/** The build lets each file with texts import this: see bundler/extraction.ts. */
export { getRuntime, getRuntime as getRuntimeRx } from '#lib/language/shown.svelte.ts';
