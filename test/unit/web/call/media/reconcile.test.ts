import * as v from 'valibot';
import { expect, test } from 'vitest';
import { consumerId, newPeerId, newProducerId, type ConsumerId } from '#shared/ids.ts';
import type { ConsumerInfo } from '#shared/media.ts';
import { diffConsumers } from '#lib/features/call/engine/media/reconcile.ts';

const id = (name: string): ConsumerId => v.parse(consumerId, name.repeat(22));
const info = (name: string): ConsumerInfo => ({
	consumerId: id(name),
	producerId: newProducerId(),
	peerId: newPeerId(),
	kind: 'audio',
	rtpParameters: { codecs: [] },
});

test('consumers the server does not list are gone, the others are kept', () => {
	expect(diffConsumers([id('a'), id('b')], [info('b'), info('c')])).toEqual({
		gone: [id('a')],
		kept: [id('b')],
	});
	expect(diffConsumers([], [info('a')])).toEqual({ gone: [], kept: [] });
	expect(diffConsumers([id('a')], [])).toEqual({ gone: [id('a')], kept: [] });
});
