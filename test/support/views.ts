export type Size = { readonly width: number; readonly height: number };

export const desktop: Size = { width: 1280, height: 800 };
export const phone: Size = { width: 390, height: 844 };
const phoneOnItsSide: Size = { width: 740, height: 360 };
/** A window of 1280 by 800 at 200 %. */
const zoomed: Size = { width: 640, height: 400 };

/** The windows that every page is made for, by what the names of their pictures begin with. */
export const views = [
	['', desktop],
	['phone-', phone],
	['phone-on-its-side-', phoneOnItsSide],
	['zoomed-', zoomed],
] as const;

/** Light, dark, and the colours that a person set for all pages. */
export const themes = {
	light: { colorScheme: 'light', forcedColors: 'none' },
	dark: { colorScheme: 'dark', forcedColors: 'none' },
	forced: { colorScheme: 'dark', forcedColors: 'active' },
} as const;
