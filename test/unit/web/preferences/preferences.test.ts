import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
	recallPreferences,
	rememberPreferences,
} from '../../../../web/src/lib/preferences/preferences.ts';

const kept = new Map<string, string>();
beforeEach(() => {
	kept.clear();
	vi.stubGlobal('localStorage', {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => kept.set(key, value),
	});
});
const keep = (text: string) => kept.set('parley:preferences', text);

describe('what this browser keeps of choices', () => {
	test('a choice is there the next time, beside those made before', () => {
		rememberPreferences({ name: 'Ana', picture: { width: 640, height: 360 } });
		rememberPreferences({ camera: false, mutedRooms: ['garden'] });
		expect(recallPreferences()).toMatchObject({
			name: 'Ana',
			picture: { width: 640, height: 360 },
			camera: false,
			mutedRooms: ['garden'],
			microphone: true,
		});
	});

	test.each(['', 'no JSON', '[]', '7', 'null', '"text"'])('%j holds no choice', (text) => {
		const before = recallPreferences();
		keep(text);
		expect(recallPreferences()).toEqual(before);
		expect(before).toMatchObject({
			name: '',
			layout: 'grid',
			language: null,
			notifications: false,
		});
	});

	test.each([
		['name', 7, ''],
		['microphone', 'yes', true],
		['cameraId', {}, null],
		['picture', { width: 640 }, null],
		['picture', 'large', null],
		['mutedRooms', ['garden', 7], []],
		['mutedRooms', 'garden', []],
		['layout', 'pyramid', 'grid'],
		['theme', null, 'system'],
	])('%s %j makes no sense and costs no other choice', (name, value, standard) => {
		keep(JSON.stringify({ [name]: value, sounds: false, videoMode: 'audio', other: 1 }));
		const found = recallPreferences();
		expect(found).toMatchObject({ [name]: standard, sounds: false, videoMode: 'audio' });
		expect(found).not.toHaveProperty('other');
	});

	test('a storage that refuses costs a habit, not a call', () => {
		vi.stubGlobal('localStorage', {
			getItem: () => {
				throw new Error('refused');
			},
		});
		expect(() => rememberPreferences({ name: 'Ana' })).not.toThrow();
		expect(recallPreferences().name).toBe('');
	});
});
