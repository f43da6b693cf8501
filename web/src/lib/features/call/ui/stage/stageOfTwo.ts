/** What other pages than a call need to show two people as a call of two does. */
export { arrangeOfTwo } from '#lib/layout/callOfTwo.ts';
export { StageState } from '#lib/features/call/state/stageState.svelte.ts';
