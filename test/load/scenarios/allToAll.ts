import type { Scenario } from './scenario.ts';

export const allToAll: Scenario = {
	about: 'Everybody sends microphone and camera to everybody.',
	devices: () => ({ microphone: true, camera: true }),
	steady: true,
};
