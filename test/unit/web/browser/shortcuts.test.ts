import { afterAll, describe, expect, it, vi } from 'vitest';
import { shortcuts } from '#lib/browser/shortcuts.ts';

/** As much of an element as the handler looks at. */
class FakeElement extends EventTarget {
	readonly isContentEditable: boolean;
	readonly #isField: boolean;
	constructor(kind: 'button' | 'field' | 'editable') {
		super();
		this.isContentEditable = kind === 'editable';
		this.#isField = kind === 'field';
	}
	matches(): boolean {
		return this.#isField;
	}
}
vi.stubGlobal('HTMLElement', FakeElement);
afterAll(() => vi.unstubAllGlobals());

function press(key: string, target: FakeElement, more: Record<string, boolean | string> = {}) {
	const mute = vi.fn();
	const event = Object.assign(new Event('keydown', { cancelable: true }), {
		key,
		code: '',
		...more,
	});
	Object.defineProperty(event, 'target', { value: target });
	shortcuts({ m: mute })(event as KeyboardEvent);
	return mute.mock.calls.length;
}

describe('B-26: a shortcut', () => {
	it.each([
		['m', 'button', 1],
		['M', 'button', 1],
		['x', 'button', 0],
		['m', 'field', 0],
		['m', 'editable', 0],
	] as const)('%s on a %s acts %i times', (key, target, times) => {
		expect(press(key, new FakeElement(target))).toBe(times);
	});

	it.each([
		['Cyrillic', 'ь', 'KeyM', 1],
		['Greek', 'μ', 'KeyM', 1],
		['Hebrew', 'צ', 'KeyM', 1],
		['Arabic', 'ة', 'KeyM', 1],
		['Persian', 'پ', 'KeyM', 1],
		['Korean', 'ㅡ', 'KeyM', 1],
		['Cyrillic', 'ф', 'KeyA', 0],
		// Where the letters are those of Latin, they count, wherever they stand.
		['French', 'm', 'Semicolon', 1],
		['French', ',', 'KeyM', 0],
		['German', 'ö', 'Semicolon', 0],
	])('on a %s keyboard %s at %s acts %i times', (_keyboard, key, code, times) => {
		expect(press(key, new FakeElement('button'), { code })).toBe(times);
	});

	it.each(['ctrlKey', 'metaKey', 'altKey', 'repeat'])('does nothing with %s', (what) => {
		expect(press('m', new FakeElement('button'), { [what]: true })).toBe(0);
	});
});
