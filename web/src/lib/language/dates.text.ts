import { regionalLanguage } from './current.ts';

const startOfDay = (time: number): Date => {
	const date = new Date(time);
	return new Date(date.getFullYear(), date.getMonth(), date.getDate());
};

/** Whether two moments, in ms since 1970, are on one day where the person is. */
export function sameDay(one: number, other: number): boolean {
	return startOfDay(one).getTime() === startOfDay(other).getTime();
}

/** What the day of a moment is called. @param now ms since 1970, like `time` */
export function dayWords(time: number, now: number): string {
	const days = Math.round((startOfDay(now).getTime() - startOfDay(time).getTime()) / 86_400_000);
	if (days === 0) return 'Today';
	if (days === 1) return 'Yesterday';
	const thisYear = new Date(time).getFullYear() === new Date(now).getFullYear();
	return new Intl.DateTimeFormat(regionalLanguage(), {
		weekday: 'long',
		day: 'numeric',
		month: 'long',
		...(thisYear ? {} : { year: 'numeric' }),
	}).format(time);
}

/** Hours and minutes. */
export function clockWords(time: number): string {
	return new Intl.DateTimeFormat(regionalLanguage(), { hour: '2-digit', minute: '2-digit' }).format(
		time,
	);
}

/** The whole moment, for where there is room. */
export function momentWords(time: number): string {
	return new Intl.DateTimeFormat(regionalLanguage(), {
		dateStyle: 'full',
		timeStyle: 'short',
	}).format(time);
}

/** How long something took, in ms: seconds below an hour, minutes above. */
export function durationWords(duration: number): string {
	const seconds = Math.round(duration / 1000);
	const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
	if (hours > 0) return `${hours} h ${minutes} min`;
	return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** A day and year in short, for lists. */
export function dateWords(time: number): string {
	return new Intl.DateTimeFormat(regionalLanguage(), { dateStyle: 'medium' }).format(time);
}
