import type { Suspension } from '#shared/account.ts';
import type { Author, SystemEvent } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, ReportId, RoomId } from '#shared/ids.ts';
import { guestName, type Decision, type Warning } from '#shared/moderation.ts';
import type { Access } from '../chat/access.ts';
import type { Chats } from '../chat/chats.ts';
import type { Store } from '../store/api/store.ts';

type Parts = {
	store: Pick<Store, 'moderation' | 'accounts'>;
	access: Access;
	chats: Pick<Chats, 'opened'>;
	/** Tells the person's pages at once that the person is suspended; null ends the suspension. */
	announce: (person: PersonId, suspension: Suspension | null) => void;
	/** Posts a line in a room's chat about this person's action. */
	note: (roomId: RoomId, by: Author, event: SystemEvent) => void;
};

/** Administrators' actions about people and rooms. Each is stored in one transaction with its log entry, and told afterwards. */
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

	/**
	 * Takes back lock, knocking and password of a room (ADMISSION-7).
	 *
	 * @throws {CodedError} NOT_FOUND for an unknown room, the room of a call, and a chat of two.
	 */
	async openRoom(by: PersonId, roomId: RoomId, now = Date.now()): Promise<void> {
		const { store, access, chats, note } = this.#parts;
		const profile = await access.reading(() => store.accounts.profile(by));
		const before = await access.saving(() => store.moderation.openRoom({ roomId, by, at: now }));
		// Also for a room that was open: its live room may have missed it.
		chats.opened(roomId);
		const author = { personId: by, name: profile?.name ?? profile?.userName ?? guestName(by) };
		if (before.locked) note(roomId, author, { event: 'locked', locked: false });
		if (before.password) note(roomId, author, { event: 'password', set: false });
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
