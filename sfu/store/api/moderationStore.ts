import type { PersonId, ReportId, RoomId } from '#shared/ids.ts';
import type {
	Decision,
	FoundPerson,
	ListedReport,
	ModerationEntry,
	ReportedLine,
	ReportWithChat,
	Warning,
} from '#shared/moderation.ts';

/** The part of the store about matches, reports and what administrators did; see `Store`. */
export interface ModerationStore {
	/** The version of the rules that this person agreed to last; null if they never agreed. */
	agreed(personId: PersonId): Promise<number | null>;
	agree(personId: PersonId, version: number, at: number): Promise<void>;
	/** A person's first report about a match stands; another one changes nothing. */
	report(report: ReportWithChat): Promise<void>;
	/** Open or decided reports, latest first, from before this one. */
	reports(
		which: 'open' | 'decided',
		before: ReportId | null,
		limit: number,
	): Promise<ListedReport[]>;
	/** The messages of the match of a report; null if there is no such report. */
	chatOf(reportId: ReportId): Promise<ReportedLine[] | null>;
	/**
	 * Stores an administrator's action, decides the report with it, and stores or lifts a warning or a suspension of
	 * the person.
	 *
	 * @returns the person concerned; null if there is no such report, or it was decided before.
	 */
	decide(done: ModeratorAction): Promise<PersonId | null>;
	/**
	 * Takes back lock, knocking and password of a room, and stores that an administrator did. A room without them stays as
	 * it is, and nothing is stored.
	 *
	 * @returns whether the room was locked, and whether it had a password.
	 * @throws {CodedError} NOT_FOUND for an unknown room, the room of a call, and a chat of two.
	 */
	openRoom(done: RoomOpening): Promise<{ locked: boolean; password: boolean }>;
	/** People with this id, or whose name begins with the query, latest visitor first. An empty query finds all. */
	people(query: string, limit: number): Promise<FoundPerson[]>;
	/** What administrators did, latest first, from before this entry. */
	log(before: number | null, limit: number): Promise<ModerationEntry[]>;
	/** Warnings that this person has not seen yet, earliest first. */
	warnings(personId: PersonId): Promise<Warning[]>;
	/** The person has seen their warnings up to this one. */
	seen(personId: PersonId, warningId: number, at: number): Promise<void>;
}

/** An administrator's action about a report or about a person. */
export type ModeratorAction = {
	about: { reportId: ReportId } | { personId: PersonId };
	by: PersonId;
	action: Decision['action'];
	words: string;
	until: number | null;
	at: number;
};

/** An administrator opens a room. */
export type RoomOpening = { roomId: RoomId; by: PersonId; at: number };
