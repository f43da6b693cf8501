import type { CallRecord } from '#shared/calls.ts';
import type { ContactCode, PersonId, RoomId } from '#shared/ids.ts';
import type { Author } from '#shared/members.ts';
import type { Acquaintance, ChosenState } from '#shared/people.ts';
import { SharedConnection } from '#lib/connection/sharedConnection.ts';
import { watchIdle } from '../engine/idleWatch.ts';
import { rememberedName } from '#lib/preferences/rememberedName.ts';
import { OwnCalls } from './ownCalls.svelte.ts';

/** The acquaintances of the person with their presence, and the person's own presence. One for each page. */
export class PeopleState {
	readonly calls = new OwnCalls();
	readonly #server = new SharedConnection();
	#you = $state.raw<PersonId | null>(null);
	#chosen = $state<ChosenState>('available');
	#list = $state.raw<readonly Acquaintance[] | null>(null);
	#connected = $state(false);
	#unreachable = $state(false);
	#idle = false;
	#started = false;
	/** How many parts of the page show the list. */
	#watchers = 0;

	get you(): PersonId | null {
		return this.#you;
	}
	get chosen(): ChosenState {
		return this.#chosen;
	}
	/** Null while the list is not known. */
	get list(): readonly Acquaintance[] | null {
		return this.#list;
	}
	get connected(): boolean {
		return this.#connected;
	}
	/** Whether a connection was tried and the server did not answer. */
	get unreachable(): boolean {
		return this.#unreachable;
	}

	/** Reports the person as present from now on, and lets calls ring on this page. A second call does nothing. */
	start(): void {
		if (this.#started) return;
		this.#started = true;
		this.#server.watch({
			up: () => this.#onUp(),
			down: () => (this.#connected = false),
			unanswered: () => (this.#unreachable = true),
		});
		this.#server.on('people:state', ({ personId, name, state }) => {
			this.#list =
				this.#list?.map((one) =>
					one.personId === personId ? { ...one, state, name: name ?? one.name } : one,
				) ?? null;
		});
		this.#server.on('people:changed', () => this.refresh());
		this.#server.on('people:chosen', ({ state }) => (this.#chosen = state));
		watchIdle((idle) => {
			this.#idle = idle;
			// The next connection reports it again.
			this.#server.ask('people:idle', { idle }).catch(() => undefined);
		});
		if (this.#server.connected) this.#onUp();
		else this.#open();
	}

	/** Keeps the list up to date. @returns what ends it. */
	watch(): () => void {
		this.start();
		this.#watchers++;
		this.refresh();
		return () => {
			// A server that does not hear this forgets the watcher with the connection.
			if (--this.#watchers === 0) this.#server.ask('people:close', {}).catch(() => undefined);
		};
	}

	/** Connects at once. */
	retry(): void {
		this.#unreachable = false;
		this.#open();
	}

	#open(): void {
		// If the code of the connection does not load, the server counts as unreachable.
		this.#server.open().catch(() => (this.#unreachable = true));
	}

	/** Reads the list again, if the page shows it. */
	refresh(): void {
		if (this.#watchers === 0 || !this.#server.connected) return;
		// The list stays as it is until the next connection asks again.
		this.#server.ask('people:open', {}).then(
			({ people }) => (this.#list = people),
			() => undefined,
		);
	}

	/** Takes over the name that the person has now. */
	rename(): void {
		void this.#enter();
	}

	async choose(state: ChosenState): Promise<void> {
		const before = this.#chosen;
		this.#chosen = state;
		try {
			await this.#server.ask('people:choose', { state });
		} catch (error) {
			this.#chosen = before;
			throw error;
		}
	}

	async add(personId: PersonId): Promise<void> {
		await this.#server.ask('people:add', { personId });
	}

	async addByCode(code: ContactCode): Promise<Author> {
		const name = rememberedName();
		return (await this.#server.ask('people:add-by-code', { code, name })).person;
	}

	/** The person whose contact link it is. */
	async ownerOf(code: ContactCode): Promise<Author> {
		const about = { code, name: rememberedName(), preview: true };
		return (await this.#server.ask('people:add-by-code', about)).person;
	}

	async remove(personId: PersonId): Promise<void> {
		await this.#server.ask('people:remove', { personId });
	}

	async block(personId: PersonId): Promise<void> {
		await this.#server.ask('people:block', { personId });
	}

	async unblock(personId: PersonId): Promise<void> {
		await this.#server.ask('people:unblock', { personId });
	}

	async blocked(): Promise<readonly Author[]> {
		return (await this.#server.ask('people:blocked', {})).people;
	}

	/** The code of the person's contact link. */
	async code(renew: boolean): Promise<ContactCode> {
		return (await this.#server.ask('people:code', { renew })).code;
	}

	/** The room of the chat with a person. */
	async direct(personId: PersonId): Promise<RoomId> {
		const name = rememberedName() || 'Guest';
		return (await this.#server.ask('people:direct', { personId, name })).roomId;
	}

	history(before?: number): Promise<{ calls: readonly CallRecord[]; more: boolean }> {
		return this.#server.ask('people:history', before === undefined ? {} : { before });
	}

	#onUp(): void {
		this.#unreachable = false;
		this.#connected = true;
		void this.#enter();
		this.refresh();
	}

	async #enter(): Promise<void> {
		const name = rememberedName();
		try {
			const answer = await this.#server.ask('people:enter', {
				...(name && { name }),
				idle: this.#idle,
			});
			this.#you = answer.personId;
			this.#chosen = answer.chosen;
			this.calls.restore(answer.rings);
		} catch {
			// The next connection enters again.
		}
	}
}

export const people = new PeopleState();
