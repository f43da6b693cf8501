import type { PersonId, ReportId } from '#shared/ids.ts';
import type {
	FoundPerson,
	ModerationAction,
	ModerationEntry,
	Report,
	ReportedLine,
	ReportWithChat,
	Warning,
} from '#shared/moderation.ts';

/** The part of the store about meeting strangers, and about those who misbehave; see `Store`. */
export interface ModerationStore {
	/** The version of the rules that this person agreed to last; null if they never did. */
	agreed(personId: PersonId): Promise<number | null>;
	agree(personId: PersonId, version: number, at: number): Promise<void>;
	/** The first report of somebody about a match stands; another one changes nothing. */
	report(report: ReportWithChat): Promise<void>;
	/** Those that nobody decided on, or those that somebody did, the latest first, from before this one. */
	reports(which: 'open' | 'decided', before: ReportId | null, limit: number): Promise<Report[]>;
	/** What was written in the match of a report; null where there is no such report. */
	chatOf(reportId: ReportId): Promise<ReportedLine[] | null>;
	/**
	 * Notes what an administrator did, decides the report with it, and keeps a warning or a suspension of the person, or
	 * lifts it.
	 *
	 * @returns whose doing it was about; null when there is no such report, or it was decided before.
	 */
	decide(done: Done): Promise<PersonId | null>;
	/** People whose id it is, or whose name begins like this, whoever was here last first. Empty for all. */
	people(query: string, limit: number): Promise<FoundPerson[]>;
	/** What administrators did, the latest first, from before this entry. */
	log(before: number | null, limit: number): Promise<ModerationEntry[]>;
	/** What this person was not told yet, the earliest first. */
	warnings(personId: PersonId): Promise<Warning[]>;
	/** The person has seen their warnings up to this one. */
	seen(personId: PersonId, warningId: number, at: number): Promise<void>;
}

/** Something that an administrator does, about a report or about a person. */
export type Done = {
	about: { reportId: ReportId } | { personId: PersonId };
	by: PersonId;
	action: ModerationAction;
	words: string;
	until: number | null;
	at: number;
};
