import type { Scenario } from './scenario.ts';

export const share: Scenario = {
	about: 'Everybody sends to everybody, and the first of each room shares a screen as well.',
	meets: 'rooms',
	devices: (place) => ({ microphone: true, camera: true, screen: place === 0 }),
	steady: true,
};
