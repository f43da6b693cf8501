/** In a file of its own, which itself comes on demand: the list of what the dialog needs is long, and few calls need it. */
export const loadSettings = () => import('./SettingsDialog.svelte');
