import type { Data } from '../../shared/protocol.ts';
import type { Cast, TestClient } from './client.ts';

/** Somebody in the call, and what the server says of them. */
export type InCall = { client: TestClient; you: Data<'room:join'>['you'] };

/** Into the cast's room, as a new person unless a cookie or a socket says who. */
export async function inCall(
	cast: Cast,
	name: string,
	from: { client?: TestClient; cookie?: string } = {},
): Promise<InCall> {
	const client = from.client ?? (await cast.connect(from.cookie ? { cookie: from.cookie } : {}));
	const { you } = await client.join(cast.roomId, name);
	return { client, you };
}

/** A host, and a guest who came after. */
export async function hostAndGuest(cast: Cast): Promise<{ host: InCall; guest: InCall }> {
	const host = await inCall(cast, 'Host');
	return { host, guest: await inCall(cast, 'Guest') };
}

/** Somebody in the lobby, and how they get in. */
export async function inLobby(
	cast: Cast,
	cookie?: string,
): Promise<{ client: TestClient } & Pick<Data<'lobby:enter'>, 'admission' | 'iceServers'>> {
	const client = await cast.connect(cookie ? { cookie } : {});
	const { admission, iceServers } = await client.ask('lobby:enter', { roomId: cast.roomId });
	return { client, admission, iceServers };
}

/** What joining from the lobby is answered with. */
export function joinCode(cast: Cast, client: TestClient, name = 'Guest') {
	return client.codeOf('room:join', {
		roomId: cast.roomId,
		name,
		rtpCapabilities: {},
		firstPage: { videos: 0, width: 0, height: 0 },
	});
}
