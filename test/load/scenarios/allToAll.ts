import type { Scenario } from './scenario.ts';

export const allToAll: Scenario = {
	about: 'Everybody sends microphone and camera to everybody.',
	meets: 'rooms',
	devices: () => ({ microphone: true, camera: true }),
	steady: true,
};
