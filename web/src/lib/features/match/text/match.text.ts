import type { ReportReason } from '#shared/match.ts';
import type { ModerationAction } from '#shared/moderation.ts';
import type { Parting } from '../engine/model.ts';

/** Why the match has ended; empty if the person ended it. */
export function partingWords(parting: Parting): string {
	switch (parting) {
		case 'next':
			return 'Your partner moved on.';
		case 'left':
			return 'Your partner has left.';
		case 'lost':
			return 'Connection lost.';
		case 'you':
		case null:
			return '';
	}
}

/** Something to read while one waits: another one each time. */
export function tipWords(number: number): string {
	switch (number % 5) {
		case 0:
			return 'Say hello first. Most people are glad someone did.';
		case 1:
			return 'Never tell a stranger where you live, and never send money.';
		case 2:
			return 'Someone misbehaving? Report them in two taps. Admins will see the chat.';
		case 3:
			return 'Press Keep to stay in touch. If your partner does too, you become contacts.';
		default:
			return 'Press Escape twice to move on to the next person.';
	}
}

/** How many others wait. */
export function waitingWords(others: number): string {
	if (others === 0) return "You're the first here.";
	return others === 1 ? '1 other waiting' : `${others} others waiting`;
}

/** The reasons for a report. */
export function reasonWords(reason: ReportReason): string {
	switch (reason) {
		case 'nudity':
			return 'Nudity or sexual acts';
		case 'harassment':
			return 'Insults, threats or harassment';
		case 'hate':
			return 'Hate speech';
		case 'minor':
			return 'Seems underage';
		case 'spam':
			return 'Spam or scams';
		case 'other':
			return 'Other';
	}
}

/** The decision of an administrator, in words. */
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
		case 'open-room':
			return 'Room opened';
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
