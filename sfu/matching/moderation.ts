import type { Suspension } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, ReportId } from '#shared/ids.ts';
import type { Decision, Warning } from '#shared/moderation.ts';
import type { Access } from '../chat/access.ts';
import type { Store } from '../store/store.ts';

type Parts = {
	store: Pick<Store, 'moderation'>;
	access: Access;
	/** Tells whom it concerns that somebody is kept out until a time, at once; null lets them in again. */
	announce: (person: PersonId, suspension: Suspension | null) => void;
};

/** What administrators do about people. It is written down and stored as one thing, and told then. */
export class Moderation {
	readonly #parts: Parts;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/**
	 * Decides a report, or does something about a person.
	 *
	 * @throws {CodedError} NOT_FOUND where there is no such report, or somebody was quicker, or the person is gone; NOT_ALLOWED for suspending oneself
	 *   (R120).
	 */
	async decide(
		by: PersonId,
		about: { reportId: ReportId } | { personId: PersonId },
		{ action, words, ...decision }: Decision,
		now = Date.now(),
	): Promise<void> {
		const { store, access, announce } = this.#parts;
		const until = 'until' in decision ? decision.until : null;
		if (until !== null && until <= now)
			throw new CodedError('BAD_REQUEST', 'until: must be a time to come');
		const person = await access.saving(() =>
			store.moderation.decide({ about, by, action, words, until, at: now }),
		);
		if (!person) throw new CodedError('NOT_FOUND', 'Somebody decided this report already.');
		if (until !== null) announce(person, { until, reason: words });
		if (action === 'lift') announce(person, null);
	}

	/** What a person was not told yet. */
	warnings(person: PersonId): Promise<Warning[]> {
		const { store, access } = this.#parts;
		return access.reading(() => store.moderation.warnings(person));
	}

	/** The person has read their warnings up to this one. */
	seen(person: PersonId, warningId: number, now = Date.now()): Promise<void> {
		const { store, access } = this.#parts;
		return access.saving(() => store.moderation.seen(person, warningId, now));
	}
}
