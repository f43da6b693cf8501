import type { ReportReason } from '#shared/match.ts';
import type { ModerationAction } from '#shared/moderation.ts';
import type { Parting } from './match/model.ts';

/** Why one is alone again; empty where it was one's own doing. */
export function partingWords(parting: Parting): string {
	switch (parting) {
		case 'next':
			return 'Your partner went on to somebody else.';
		case 'left':
			return 'Your partner has left.';
		case 'lost':
			return 'The connection was lost.';
		case 'you':
		case null:
			return '';
	}
}

/** Something to read while one waits: another one each time. */
export function tipWords(number: number): string {
	switch (number % 5) {
		case 0:
			return 'Say hello first. Most people are glad when somebody begins.';
		case 1:
			return 'Never tell a stranger where you live, and send nobody money.';
		case 2:
			return 'Somebody misbehaves? Report them: it takes two presses, and the administrators see what was written.';
		case 3:
			return 'Press Keep if you would like to stay in touch. If your partner does too, you are contacts.';
		default:
			return 'The Escape key takes you to the next person.';
	}
}

/** What a report can be about. */
export function reasonWords(reason: ReportReason): string {
	switch (reason) {
		case 'nudity':
			return 'Nudity or sexual acts';
		case 'harassment':
			return 'Insults, threats or harassment';
		case 'hate':
			return 'Hate against a group of people';
		case 'minor':
			return 'Somebody seems too young to be here';
		case 'spam':
			return 'Advertising or fraud';
		case 'other':
			return 'Something else';
	}
}

/** What an administrator did. */
export function actionWords(action: ModerationAction): string {
	switch (action) {
		case 'warn':
			return 'Warned';
		case 'suspend':
			return 'Suspended';
		case 'lift':
			return 'Suspension lifted';
		case 'dismiss':
			return 'Report dismissed';
	}
}

/** A language as people call it where this page is read. */
export function languageName(code: string): string {
	const names = new Intl.DisplayNames([document.documentElement.lang || 'en'], {
		type: 'language',
	});
	return names.of(code) ?? code;
}

/** Interests as they are typed: with commas between them. */
export const interestsOf = (text: string): string[] =>
	text
		.split(/[,;\n]/)
		.map((interest) => interest.trim())
		.filter((interest) => interest !== '');
