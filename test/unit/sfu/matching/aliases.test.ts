import { expect, test } from 'vitest';
import {
	newPeerId,
	newProducerId,
	type ConsumerId,
	type PeerId,
	type ProducerId,
} from '../../../../shared/ids.ts';
import { Aliases } from '../../../../sfu/signalling/match/aliases.ts';

const [ben, cyd] = [newPeerId(), newPeerId()];
const [camera, microphone] = [newProducerId(), newProducerId()];

const consumer = (peerId: PeerId, producerId: ProducerId) => ({
	...{ consumerId: 'any' as ConsumerId, producerId, peerId, kind: 'video' as const },
	rtpParameters: { codecs: [], msid: `${peerId} ${producerId}` },
});

test('a name lasts until it is forgotten, and is nobody else’s', () => {
	const aliases = new Aliases();
	const [name, theirs] = [aliases.peer(ben), aliases.producerId(ben, camera)];
	expect([aliases.peer(ben), aliases.producerId(ben, camera)]).toEqual([name, theirs]);
	expect(new Set([ben, name, aliases.peer(cyd), new Aliases().peer(ben)]).size).toBe(4);
	aliases.forget(ben);
	expect([aliases.peer(ben), aliases.producerId(ben, camera)]).not.toContain(name);
	expect(aliases.producerId(ben, camera)).not.toBe(theirs);
});

test('what is told of a producer and of its consumer has the same names', () => {
	const aliases = new Aliases();
	const size = { width: 1, height: 2 };
	const { producerId } = aliases.producer(ben, {
		...{ producerId: camera, source: 'camera', paused: false, ...size },
	});
	const peerId = aliases.peer(ben);
	const told = consumer(peerId, producerId);
	expect(aliases.consumer(consumer(ben, camera))).toEqual(told);
	expect(JSON.stringify(told)).not.toMatch(new RegExp(`${ben}|${camera}`));
});

test('what is named is found by its name alone, until it ends or is forgotten', () => {
	const aliases = new Aliases();
	const names = [aliases.producerId(ben, camera), aliases.producerId(ben, microphone)] as const;
	expect(names.map((name) => aliases.real(name))).toEqual([camera, microphone]);
	expect(aliases.real(camera)).toBe(undefined);
	expect(aliases.end(ben, camera)).toBe(names[0]);
	expect(names.map((name) => aliases.real(name))).toEqual([undefined, microphone]);
	aliases.forget(ben);
	expect(names.map((name) => aliases.real(name))).toEqual([undefined, undefined]);
});

test('with a list all but the partner and what is listed are forgotten', () => {
	const dan = newPeerId();
	const aliases = new Aliases();
	const names = () => [ben, cyd, dan].map((peer) => aliases.producerId(peer, camera));
	const before = names();
	const listed = aliases.producerId(cyd, microphone);
	aliases.keep(ben, [consumer(cyd, microphone)]);
	expect(before.map((name) => aliases.real(name))).toEqual([camera, undefined, undefined]);
	expect(aliases.real(listed)).toBe(microphone);
	expect(names()[0]).toBe(before[0]);
});
