import { beforeEach, describe, expect, test } from 'vitest';
import type { Standing } from '#shared/admission.ts';
import { CodedError } from '#shared/errors.ts';
import type { Data, RequestName, Sent } from '#shared/protocol.ts';
import { Door } from '#lib/call/door.ts';
import { settled } from '../../support/devices.ts';

const waiting: Standing = { admission: 'knock', knock: 'waiting' };
const declined: Standing = { admission: 'knock', knock: 'declined' };
const open: Standing = { admission: 'open', knock: 'none' };

let asked: unknown[];
let answers: (Standing | CodedError)[];
let opened: string[];
let told: (Standing | null)[];
let door: Door;
beforeEach(() => {
	[asked, answers, opened, told] = [[], [], [], []];
	const ask = async <N extends RequestName>(_: N, input: Sent<N>): Promise<Data<N>> => {
		asked.push(input);
		const answer = answers.shift() ?? waiting;
		if (answer instanceof CodedError) throw answer;
		return answer as Data<N>;
	};
	door = new Door(ask, {
		standing: (standing) => told.push(standing),
		open: (name) => opened.push(name),
	});
});

describe('the door', () => {
	test('is passed at once where the room is open, without asking', () => {
		door.onEntered('open');
		void door.enter('Ana');
		expect(opened).toEqual(['Ana']);
		expect(asked).toEqual([]);
	});

	test('is passed as soon as it is known to be open, by somebody who was quicker', async () => {
		const inside = door.enter('Ana');
		expect(opened).toEqual([]);
		door.onEntered('open');
		expect(opened).toEqual(['Ana']);
		door.onInside();
		await inside;
	});

	test('is knocked at, and passed when a host admits', async () => {
		door.onEntered('knock');
		const inside = door.enter('Ana');
		await settled();
		expect(asked).toEqual([{ name: 'Ana' }]);
		expect(told.at(-1)).toEqual(waiting);
		door.onStanding(open);
		expect(opened).toEqual(['Ana']);
		door.onInside();
		await inside;
		expect(told.at(-1)).toBeNull();
	});

	test('stays shut after a host declined, until one asks again', async () => {
		door.onEntered('knock');
		const refused = expect(door.enter('Ana')).rejects.toMatchObject({ code: 'NOT_ADMITTED' });
		await settled();
		door.onStanding(declined);
		await refused;
		// A decision that comes later is not for somebody who does not wait.
		door.onStanding(open);
		expect(opened).toEqual([]);
	});

	test('opens to the right password after a wrong one', async () => {
		door.onEntered('password');
		answers = [new CodedError('BAD_PASSWORD'), open];
		await expect(door.enter('Ana', 'wrong')).rejects.toMatchObject({ code: 'BAD_PASSWORD' });
		void door.enter('Ana', 'right');
		await settled();
		expect(asked).toEqual([
			{ name: 'Ana', password: 'wrong' },
			{ name: 'Ana', password: 'right' },
		]);
		expect(opened).toEqual(['Ana']);
	});

	test('a wrong password leaves one waiting who waited', async () => {
		door.onEntered('knock');
		const first = expect(door.enter('Ana')).rejects.toMatchObject({ code: 'CONFLICT' });
		await settled();
		answers = [new CodedError('BAD_PASSWORD')];
		await expect(door.enter('Ana', 'wrong')).rejects.toMatchObject({ code: 'BAD_PASSWORD' });
		await first;
		door.onStanding(open);
		expect(opened).toEqual(['Ana']);
	});

	test('is knocked at again from the next lobby, when the connection was lost', async () => {
		door.onEntered('knock');
		void door.enter('Ana');
		await settled();
		door.onLost();
		door.onEntered('knock');
		await settled();
		expect(asked).toEqual([{ name: 'Ana' }, { name: 'Ana' }]);
		door.onLost();
		door.onEntered('open');
		expect(opened).toEqual(['Ana']);
	});

	test.each([
		['locked', 'NOT_ADMITTED'],
		['removed', 'REMOVED'],
		['password', 'NOT_ADMITTED'],
	] as const)('says so where the room is %s by now', async (admission, code) => {
		door.onEntered('knock');
		const refused = expect(door.enter('Ana')).rejects.toMatchObject({ code });
		await settled();
		door.onStanding({ admission, knock: 'none' });
		await refused;
	});

	test('nobody comes in who left', async () => {
		door.onEntered('knock');
		const entering = door.enter('Ana');
		await settled();
		door.leave();
		await entering;
		door.onEntered('open');
		expect(opened).toEqual([]);
	});
});
