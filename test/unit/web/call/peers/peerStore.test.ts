import { describe, expect, test } from 'vitest';
import { newPeerId, newPersonId, newProducerId } from '#shared/ids.ts';
import type { ProducerInfo } from '#shared/media.ts';
import type { PeerInfo } from '#shared/room.ts';
import { PeerStore, type PeerFact } from '#lib/features/call/engine/peers/peerStore.ts';

const producer = (paused = false): ProducerInfo => ({
	producerId: newProducerId(),
	source: 'camera',
	paused,
	width: 1280,
	height: 720,
});

const person = (name: string, ...producers: ProducerInfo[]): PeerInfo => ({
	peerId: newPeerId(),
	personId: newPersonId(),
	name,
	role: 'member',
	hand: null,
	hostMuted: false,
	connected: true,
	producers,
});

const names = (peerStore: PeerStore) => peerStore.peers.map(({ name }) => name);

describe('the roster', () => {
	test("keeps the server's order, then that of arrival", () => {
		const peerStore = new PeerStore();
		const [ann, bob, cyn] = [person('Ann'), person('Bob'), person('Cyn')];
		peerStore.replace([bob, ann]);
		peerStore.apply({ name: 'peer:joined', told: { peer: cyn } });
		peerStore.apply({ name: 'peer:joined', told: { peer: bob } });
		expect(names(peerStore)).toEqual(['Bob', 'Ann', 'Cyn']);
		peerStore.apply({ name: 'peer:left', told: { peerId: bob.peerId } });
		expect(names(peerStore)).toEqual(['Ann', 'Cyn']);
	});

	test('ignores what is told of nobody it knows', () => {
		const peerStore = new PeerStore();
		const peerId = newPeerId();
		const facts: PeerFact[] = [
			{ name: 'peer:left', told: { peerId } },
			{ name: 'peer:connection', told: { peerId, connected: false } },
			{ name: 'producer:added', told: { peerId, producer: producer() } },
			{ name: 'producer:closed', told: { peerId, producerId: newProducerId() } },
		];
		for (const fact of facts) expect(peerStore.apply(fact)).toEqual({ kind: 'nothing' });
		expect(peerStore.peers).toEqual([]);
	});

	test('takes over what somebody is called, is, and has asked for', () => {
		const peerStore = new PeerStore();
		const ann = person('Ann');
		peerStore.replace([ann]);
		const state = { name: 'Anna', role: 'host', hand: 5, hostMuted: true } as const;
		const told = { peerId: ann.peerId, ...state };
		expect(peerStore.apply({ name: 'peer:updated', told })).toEqual({
			kind: 'peer',
			peerId: ann.peerId,
		});
		expect(peerStore.get(ann.peerId)).toMatchObject(state);
	});

	test('knows whose a producer is', () => {
		const peerStore = new PeerStore();
		const camera = producer();
		const ann = person('Ann', camera);
		peerStore.replace([person('Bob'), ann]);
		expect(peerStore.ownerOf(camera.producerId)?.name).toBe('Ann');
		peerStore.apply({
			name: 'producer:closed',
			told: { peerId: ann.peerId, producerId: camera.producerId },
		});
		expect(peerStore.ownerOf(camera.producerId)).toBeUndefined();
	});

	/*
	 * Facts may come before the list that already counts them in, or after a list that does not: whichever
	 * of the facts the list knew, applying all of them to it leads to the same end.
	 */
	test('ends the same whichever of the facts the list already knew', () => {
		const [first, second] = [producer(), producer()];
		const ann = person('Ann', first);
		const bob = person('Bob');
		const cyn = person('Cyn', second);
		const { peerId } = ann;
		const facts: PeerFact[] = [
			{ name: 'peer:joined', told: { peer: cyn } },
			{ name: 'producer:updated', told: { peerId, producer: { ...first, paused: true } } },
			{ name: 'peer:connection', told: { peerId, connected: false } },
			{ name: 'peer:left', told: { peerId: bob.peerId } },
			{ name: 'producer:added', told: { peerId: cyn.peerId, producer: second } },
			{ name: 'producer:updated', told: { peerId, producer: first } },
			{ name: 'producer:closed', told: { peerId: cyn.peerId, producerId: second.producerId } },
			{ name: 'peer:connection', told: { peerId, connected: true } },
		];
		const listAfter = (count: number): PeerInfo[] => {
			const peerStore = new PeerStore();
			peerStore.replace([ann, bob]);
			for (const fact of facts.slice(0, count)) peerStore.apply(fact);
			return peerStore.peers.map(({ producers, ...rest }) => ({
				...ann,
				...rest,
				personId: ann.personId,
				producers: [...producers.values()],
			}));
		};
		const ends = facts.map((_, known) => {
			const client = new PeerStore();
			client.replace(listAfter(known));
			for (const fact of facts) client.apply(fact);
			return client.peers;
		});
		for (const end of ends) expect(end).toEqual(ends[0]);
		expect(
			ends[0]?.map(({ name, connected, producers }) => [name, connected, producers.size]),
		).toEqual([
			['Ann', true, 1],
			['Cyn', true, 0],
		]);
	});
});
