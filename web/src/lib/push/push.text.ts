import { currentLanguage } from '#lib/language/current.ts';
import { directionOf } from '#lib/language/languages.ts';
import type { ServiceWorkerWords } from './kept.ts';

/** Where the service worker puts a person's name. */
const name = '{name}';

/** What the service worker says, in the language that is shown now. */
export function serviceWorkerWords(): ServiceWorkerWords {
	const language = currentLanguage();
	return {
		language,
		direction: directionOf(language),
		calling: `${name} is calling`,
		callingWithVideo: `${name} is calling with video`,
		missed: `Missed call from ${name}`,
		direct: `Direct message from ${name}`,
		mentioned: `${name} mentioned you`,
		encrypted: 'New message in an encrypted room',
		accept: 'Accept',
		decline: 'Decline',
		over: 'The call is over.',
		file: 'Sent a file',
		unreachable: "Can't reach the server",
		check: 'Check your connection, then try again.',
		again: 'Try again',
	};
}
