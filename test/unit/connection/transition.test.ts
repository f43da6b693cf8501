import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admission } from '#shared/admission.ts';
import { CodedError, errorMessages, type ErrorCode } from '#shared/errors.ts';
import { newResumeToken } from '#shared/ids.ts';
import { roomConsequences } from '#lib/connection/consequences.ts';
import { statusOf } from '#lib/connection/status.ts';
import { idle, type Command, type Event, type State } from '#lib/connection/state.ts';
import { transition } from '#lib/connection/transition.ts';

const token = newResumeToken();
const codes = Object.keys(errorMessages()) as ErrorCode[];

/** The machine with the commands that are under way, as an executor has them. */
class Model {
	state: State = idle;
	connected = false;
	/** Commands that an event will follow. */
	underWay: Command[] = [];
	/** All commands, in order. */
	readonly commands: Command[] = [];

	send(event: Event): this {
		if (event.kind === 'up') this.connected = true;
		if (event.kind === 'down') this.connected = false;
		const before = this.state;
		const { state, commands } = transition(before, event, roomConsequences);
		this.state = state;
		this.commands.push(...commands);
		const begun = commands.filter(isAsynchronous);
		this.underWay = state.turn === before.turn ? [...this.underWay, ...begun] : begun;
		return this;
	}

	/** A server that answers all there is to answer, until nothing is under way. */
	serve(): this {
		if (!this.connected) this.send({ kind: 'up' });
		for (let round = 0; round < 20; round++) {
			const { turn } = this.state;
			const [command] = this.underWay;
			if (!command) break;
			if (command.kind === 'enter') {
				this.send({ kind: 'entered', turn, admission: 'open', kept: true, over: false });
				this.send({ kind: 'prepared', turn });
			} else if (command.kind === 'join') {
				this.send({ kind: 'answered', turn, token }).send({ kind: 'settled', turn });
			} else if (command.kind === 'pause') this.send({ kind: 'again', turn });
			else if (command.kind === 'tell-leave') this.send({ kind: 'left', turn });
			// The session that it was asked for is gone.
			if (this.state.turn === turn) this.underWay.shift();
		}
		return this;
	}
}

const isAsynchronous = ({ kind }: Command): boolean =>
	kind === 'enter' || kind === 'join' || kind === 'pause' || kind === 'tell-leave';

const error = fc.constantFrom(...codes).map((code) => new CodedError(code));
const standing = fc.record({
	admission: fc.constantFrom(...admission.options),
	knock: fc.constantFrom('none' as const, 'waiting' as const, 'declined' as const),
});
/** What may happen, given the state: the connection comes and goes in turns, and answers belong to a command. */
const happenings = fc.array(
	fc.oneof(
		fc.record({ kind: fc.constantFrom('enter' as const), former: fc.option(fc.constant(token)) }),
		fc.record({
			kind: fc.constantFrom('join' as const),
			number: fc.nat(5),
			name: fc.constantFrom('Ana', 'Ben'),
		}),
		fc.constantFrom(
			{ kind: 'renamed' as const, name: 'Cem' },
			...(['step-back', 'leave', 'page-gone', 'unanswered', 'renew'] as const).map((kind) => ({
				kind,
			})),
			// More often than the others: it is what tests most.
			...Array.from({ length: 3 }, () => ({ kind: 'flip' as const })),
			...Array.from({ length: 12 }, () => ({ kind: 'answer' as const })),
		),
		fc.record({ kind: fc.constant('refused' as const), error }),
		fc.record({ kind: fc.constant('room-ended' as const), error }),
		fc.record({ kind: fc.constant('standing' as const), standing }),
		fc.record({ kind: fc.constant('knocked' as const), number: fc.nat(5), standing }),
		fc.record({
			kind: fc.constant('knock-failed' as const),
			...{ number: fc.nat(5), error, password: fc.boolean() },
		}),
		fc.record({ kind: fc.constant('step-failed' as const), error }),
		fc.record({
			kind: fc.constant('entered' as const),
			admission: fc.constantFrom(...admission.options),
			...{ kept: fc.boolean(), over: fc.boolean() },
		}),
	),
	{ maxLength: 40 },
);
type Happening = typeof happenings extends fc.Arbitrary<(infer H)[]> ? H : never;

function happen(model: Model, happening: Happening): void {
	const { turn, kind } = model.state;
	switch (happening.kind) {
		case 'flip':
			model.send({ kind: model.connected ? 'down' : 'up' });
			return;
		case 'enter':
			model.send({ ...happening, connected: model.connected });
			return;
		case 'entered':
			if (model.underWay.some((command) => command.kind === 'enter') && kind === 'entering')
				model.send({ ...happening, turn });
			return;
		case 'step-failed':
			if (model.underWay.length > 0) model.send({ ...happening, turn });
			return;
		case 'room-ended':
		case 'standing':
			// The server tells facts by a connection only.
			if (model.connected) model.send(happening);
			return;
		case 'answer':
			return answer(model);
		default:
			model.send(happening);
	}
}

/** The next step of what is under way succeeds. */
function answer(model: Model): void {
	const { state } = model;
	const { turn } = state;
	for (const { kind } of model.underWay) {
		if (kind === 'pause') model.send({ kind: 'again', turn });
		if (kind === 'tell-leave') model.send({ kind: 'left', turn });
		if (kind === 'enter') {
			const asks = state.kind === 'entering' || ('step' in state && state.step === 'entering');
			if (asks) model.send({ kind: 'entered', turn, admission: 'knock', kept: false, over: false });
			else model.send({ kind: 'prepared', turn });
		}
		if (kind === 'join') {
			const asks = 'step' in state && state.step !== 'settling';
			if (asks) model.send({ kind: 'answered', turn, token });
			else model.send({ kind: 'settled', turn });
		}
		return;
	}
}

const run = (all: readonly Happening[]): Model => {
	const model = new Model();
	for (const happening of all) happen(model, happening);
	return model;
};

/** Whether the state waits for a command of its own, rather than for the person, the connection or a fact. */
function isBusy(state: State): boolean {
	switch (state.kind) {
		case 'entering':
		case 'joining':
		case 'leaving':
			return true;
		case 'lobby':
			return !state.ready;
		case 'resuming':
			return state.step !== 'offline';
		default:
			return false;
	}
}

const runs = { numRuns: 3000 };

describe('whatever happens, in whatever order', () => {
	test('a state that waits for a command has exactly one under way, and no other state has any', () => {
		fc.assert(
			fc.property(happenings, (all) => {
				const model = new Model();
				for (const happening of all) {
					happen(model, happening);
					const { state, underWay } = model;
					const own = underWay.filter(
						({ kind }) => kind !== 'tell-leave' || state.kind === 'leaving',
					);
					expect([state.kind, own.length]).toEqual([state.kind, isBusy(state) ? 1 : 0]);
				}
			}),
			runs,
		);
	});

	test('a state in which nothing can go on without a connection is left when there is one', () => {
		fc.assert(
			fc.property(happenings, (all) => {
				const model = run(all);
				const { state, connected } = model;
				const waits =
					state.kind === 'opening' || (state.kind === 'resuming' && state.step === 'offline');
				if (waits) expect(connected).toBe(false);
				if (connected && isBusy(state)) expect(model.underWay).not.toEqual([]);
			}),
			runs,
		);
	});

	test('no state is without a way out: the person can leave it, and enter again', () => {
		fc.assert(
			fc.property(happenings, (all) => {
				const model = run(all).send({ kind: 'leave' });
				expect(['leaving', 'ended']).toContain(model.state.kind);
				model.send({ kind: 'enter', connected: model.connected });
				expect(['opening', 'entering']).toContain(model.state.kind);
				expect(model.serve().state).toMatchObject({ kind: 'lobby', ready: true });
				model.send({ kind: 'join', number: 9, name: 'Ana' });
				expect(model.serve().state.kind).toBe('joined');
			}),
			runs,
		);
	});

	test('every loss ends inside again or at the end, with a server that answers', () => {
		fc.assert(
			fc.property(happenings, (all) => {
				const model = run(all);
				const { kind } = model.state;
				if (kind !== 'joined' && kind !== 'resuming') return;
				if (model.connected) model.send({ kind: 'down' });
				expect(model.state).toMatchObject({ kind: 'resuming', step: 'offline' });
				expect(model.serve().state.kind).toBe('joined');
			}),
			runs,
		);
	});

	test('every loss ends inside again, in the lobby or at the end, whatever the server answers to the return', () => {
		fc.assert(
			fc.property(fc.constantFrom(...codes), fc.nat(3), (code, failures) => {
				const model = new Model().send({ kind: 'enter', connected: false }).serve();
				model.send({ kind: 'join', number: 1, name: 'Ana' }).serve();
				model.send({ kind: 'down' }).send({ kind: 'up' });
				for (let failed = 0; failed <= failures; failed++) {
					const { turn } = model.state;
					if (!isBusy(model.state)) break;
					model.send({ kind: 'step-failed', turn, error: new CodedError(code) });
				}
				expect(['joined', 'lobby', 'ended']).toContain(model.serve().state.kind);
			}),
			runs,
		);
	});

	test('what comes of a command of a state that was left changes nothing', () => {
		fc.assert(
			fc.property(happenings, fc.integer({ min: 1, max: 9 }), error, (all, age, failure) => {
				const { state } = run(all);
				const turn = state.turn - age;
				const late: Event[] = [
					{ kind: 'entered', turn, admission: 'open', kept: true, over: false },
					{ kind: 'prepared', turn },
					{ kind: 'answered', turn, token },
					{ kind: 'settled', turn },
					{ kind: 'again', turn },
					{ kind: 'left', turn },
					{ kind: 'step-failed', turn, error: failure },
				];
				for (const event of late)
					expect(transition(state, event, roomConsequences)).toEqual({ state, commands: [] });
			}),
			runs,
		);
	});

	test('a person who asked to come in is told what became of it: inside, refused, or asked no more', () => {
		fc.assert(
			fc.property(happenings, (all) => {
				const model = run(all);
				const before = model.commands.length;
				model.send({ kind: 'join', number: 9, name: 'Ana' });
				model.send({ kind: 'leave' });
				model.send({ kind: 'close' });
				const ends = model.commands.slice(before).map(({ kind }) => kind);
				expect(ends).toContain('answer');
			}),
			runs,
		);
	});

	test('devices are let go with every end', () => {
		fc.assert(
			fc.property(happenings, (all) => {
				const model = run(all);
				if (model.state.kind !== 'ended' && model.state.kind !== 'reloading') return;
				const kinds = model.commands.map(({ kind }) => kind);
				if (kinds.includes('begin'))
					expect(kinds.lastIndexOf('release')).toBeGreaterThan(kinds.lastIndexOf('begin'));
			}),
			runs,
		);
	});
});

describe('what is shown', () => {
	const inside = () => {
		const model = new Model().send({ kind: 'enter', connected: false }).serve();
		return model.send({ kind: 'join', number: 1, name: 'Ana' }).serve();
	};

	test('a client that returns is shown as inside, and as reconnecting', () => {
		const { state } = inside().send({ kind: 'down' });
		expect(statusOf(state)).toMatchObject({
			phase: { kind: 'joined' },
			connection: 'reconnecting',
		});
	});

	test('a join whose connection is lost stays a join', () => {
		const model = new Model().send({ kind: 'enter', connected: false }).serve();
		model.send({ kind: 'join', number: 1, name: 'Ana' }).send({ kind: 'down' });
		expect(statusOf(model.state)?.phase).toEqual({ kind: 'joining' });
		model.send({ kind: 'unanswered' });
		expect(statusOf(model.state)?.connection).toBe('unreachable');
	});

	test('a page that goes shows what it showed', () => {
		expect(statusOf(inside().send({ kind: 'page-gone' }).state)).toBeNull();
	});
});
