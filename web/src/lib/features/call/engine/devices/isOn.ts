import type { DeviceState } from '../model.ts';

/** Whether a device is on, or will be in a moment. */
export const isOn = ({ kind }: DeviceState): boolean => kind === 'on' || kind === 'starting';
