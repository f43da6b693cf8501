import type { encryptionRequests } from '#shared/encryption.ts';
import { CodedError } from '#shared/errors.ts';
import { placeOf, type Handlers } from './handlers.ts';

export const onEncryption: Handlers<keyof typeof encryptionRequests> = {
	'encryption:rekey': async (client, input) => {
		const { live, peer } = placeOf(client);
		await live.hostActions.untilHostKnown(peer.personId);
		await live.encryption.rekey({ personId: peer.personId, name: peer.name }, input);
	},

	'encryption:chain': async (_client, { roomId, check }, { chats }) => {
		const { encryption } = await chats.access.rules(roomId);
		if (!encryption) throw new CodedError('NOT_ENCRYPTED');
		if (encryption.check !== check) throw new CodedError('LINK_CHANGED');
		return { epoch: encryption.epoch, previous: await chats.access.olderSecrets(roomId) };
	},
};
