import type { Scenario } from './scenario.ts';

export const oneToMany: Scenario = {
	about: 'The first of each room sends microphone and camera, the others only watch.',
	meets: 'rooms',
	devices: (place) => ({ microphone: place === 0, camera: place === 0 }),
	steady: true,
};
