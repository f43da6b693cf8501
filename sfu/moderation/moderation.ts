import type { Suspension } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, ReportId } from '#shared/ids.ts';
import type { Decision, Warning } from '#shared/moderation.ts';
import type { Access } from '../chat/access.ts';
import type { Store } from '../store/api/store.ts';

type Parts = {
	store: Pick<Store, 'moderation'>;
	access: Access;
	/** Tells the person's pages at once that the person is suspended; null ends the suspension. */
	announce: (person: PersonId, suspension: Suspension | null) => void;
};

/** Administrators' actions about people. Each is stored in one transaction with its log entry, and told afterwards. */
export class Moderation {
	readonly #parts: Parts;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/**
	 * Decides a report, or acts on a person.
	 *
	 * @throws {CodedError} NOT_FOUND if there is no such report, another administrator was quicker, or the person is
	 * gone;
	 * NOT_ALLOWED for suspending oneself (ACCOUNT-19).
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
			throw new CodedError('BAD_REQUEST', 'until: must be in the future');
		const person = await access.saving(() =>
			store.moderation.decide({ about, by, action, words, until, at: now }),
		);
		if (!person) throw new CodedError('NOT_FOUND', 'Someone has already resolved this report.');
		if (until !== null) announce(person, { until, reason: words });
		if (action === 'lift') announce(person, null);
	}

	/** The warnings that a person has not seen. */
	warnings(person: PersonId): Promise<Warning[]> {
		const { store, access } = this.#parts;
		return access.reading(() => store.moderation.warnings(person));
	}

	/** The person has seen their warnings up to this one. */
	seen(person: PersonId, warningId: number, now = Date.now()): Promise<void> {
		const { store, access } = this.#parts;
		return access.saving(() => store.moderation.seen(person, warningId, now));
	}
}
