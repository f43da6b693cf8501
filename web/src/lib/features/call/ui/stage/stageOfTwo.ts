/** The parts of a call of two that other pages need to show two people in the same way. */
export { arrangeOfTwo } from '#lib/layout/callOfTwo.ts';
export { StageState } from '#lib/features/call/state/stageState.svelte.ts';
