/**
 * A file of its own, loaded on demand itself: the list of the files that the dialog needs is long, and few calls open
 * it.
 */
export const loadSettings = () => import('./SettingsDialog.svelte');
