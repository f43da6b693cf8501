import type { Suspension } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, ReportId } from '#shared/ids.ts';
import type { Decision, Warning } from '#shared/moderation.ts';
import type { Access } from '../chat/access.ts';
import type { Store } from '../store/store.ts';

type Parts = {
	store: Pick<Store, 'moderation'>;
	access: Access;
	/** Keeps somebody out until a time, at once; null lets them in again. */
	suspend: (person: PersonId, suspension: Suspension | null) => Promise<void>;
};

/** What administrators do about people. Everything they do is written down before it is done. */
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
		const { store, access, suspend } = this.#parts;
		const until = 'until' in decision ? decision.until : null;
		if (until !== null && until <= now)
			throw new CodedError('BAD_REQUEST', 'until: must be a time to come');
		const person = await access.saving(() =>
			store.moderation.decide({ about, by, action, words, until, at: now }),
		);
		if (!person) throw new CodedError('NOT_FOUND', 'Somebody decided this report already.');
		if (until !== null) await suspend(person, { until, reason: words });
		if (action === 'lift') await suspend(person, null);
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
