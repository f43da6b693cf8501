import { CallState } from '#lib/features/call/state/callState.svelte.ts';
import { DemoCall } from '../engine/demoCall.ts';

/** Begins a demo: the call as pages know it, and the controls of the demo. */
export function openDemo(options: ConstructorParameters<typeof DemoCall>[1]): {
	call: CallState;
	demo: DemoCall;
} {
	let demo!: DemoCall;
	const call = new CallState((observer) => (demo = new DemoCall(observer, options)));
	return { call, demo };
}
