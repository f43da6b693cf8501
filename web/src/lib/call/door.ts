import type { Admission, Standing } from '#shared/admission.ts';
import { CodedError } from '#shared/errors.ts';
import type { Ask } from './signal.ts';

export type DoorEvents = {
	/** How the person stands, whenever it changes; null as long as that is not known. */
	standing(standing: Standing | null): void;
	/** The room takes this person now, who asked to come in under this name. */
	open(name: string): void;
};

type Asked = { name: string };

/**
 * The room's door as seen from the lobby. Whoever asked to come in is taken in as soon as that is possible, and
 * asks again by itself when the connection was lost meanwhile.
 */
export class Door {
	readonly #ask: Ask;
	readonly #events: DoorEvents;
	#standing: Standing | null = null;
	/** Who stands at the door, until the room takes them or does not. */
	#asked: Asked | null = null;
	/** Who wants in, until they are. */
	#entering: { resolve: () => void; reject: (error: CodedError) => void } | null = null;

	constructor(ask: Ask, events: DoorEvents) {
		this.#ask = ask;
		this.#events = events;
	}

	/** In the lobby, for the first time or again. */
	onEntered(admission: Admission): void {
		this.#take({ admission, knock: 'none' });
		if (admission === 'knock' && this.#asked) void this.#knock(this.#asked);
	}

	/** What the server tells of this person. */
	onStanding(standing: Standing): void {
		if (this.#standing) this.#take(standing);
	}

	/** The lobby is lost; there may be another one. */
	onLost(): void {
		this.#standing = null;
		this.#events.standing(null);
	}

	/** Inside. */
	onInside(): void {
		this.onLost();
		this.#entering?.resolve();
		this.#entering = null;
	}

	/**
	 * Asks to come in. Resolves when inside; rejects when that will not be. A password that is wrong costs nobody
	 * their place among those who wait.
	 */
	enter(name: string, password?: string): Promise<void> {
		const inside = new Promise<void>((resolve, reject) => {
			this.#entering?.reject(new CodedError('CONFLICT', 'Joined again.'));
			this.#entering = { resolve, reject };
		});
		const [before, asked] = [this.#asked, { name }];
		this.#asked = asked;
		if (this.#standing?.admission === 'open') this.#take(this.#standing);
		else if (this.#standing) void this.#knock(asked, password, before);
		return inside;
	}

	/** Asks no more, or is not taken after all. */
	refuse(error: CodedError): void {
		this.#asked = null;
		this.#reject(error);
	}

	/** As `refuse`, where the person themselves wants it so: nobody needs to be told. */
	leave(): void {
		this.#asked = null;
		this.#entering?.resolve();
		this.#entering = null;
		this.onLost();
	}

	async #knock(asked: Asked, password?: string, before: Asked | null = null): Promise<void> {
		const { name } = asked;
		try {
			const standing = await this.#ask('room:knock', { name, ...(password && { password }) });
			if (this.#asked === asked && this.#standing) this.#take(standing);
		} catch (error) {
			if (this.#asked !== asked) return;
			const coded = error instanceof CodedError ? error : new CodedError('INTERNAL');
			// The connection was lost: it is asked again from the next lobby.
			if (coded.code === 'UNAVAILABLE' && !password) return;
			this.#asked = before;
			this.#reject(coded);
		}
	}

	#take(standing: Standing): void {
		this.#standing = standing;
		this.#events.standing(standing);
		const asked = this.#asked;
		if (!asked) return;
		if (standing.admission === 'open') {
			this.#asked = null;
			this.#events.open(asked.name);
		} else if (standing.admission !== 'knock' || standing.knock === 'declined') {
			this.refuse(refusal(standing));
		}
	}

	#reject(error: CodedError): void {
		this.#entering?.reject(error);
		this.#entering = null;
	}
}

/** Why somebody who asked is not waiting any more. */
function refusal({ admission }: Standing): CodedError {
	switch (admission) {
		case 'removed':
			return new CodedError('REMOVED');
		case 'locked':
			return new CodedError('NOT_ADMITTED', 'A host locked the room.');
		case 'password':
			return new CodedError('NOT_ADMITTED', 'This room asks for its password.');
		default:
			return new CodedError('NOT_ADMITTED', 'A host did not let you in.');
	}
}
