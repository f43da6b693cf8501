import { createContext } from 'svelte';
import type { CallView } from './view.ts';

/** The call of the page, set by the room's layout or page and read by the components inside. */
export const [getCall, setCall] = createContext<CallView>();
