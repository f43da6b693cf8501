import type { ErrorCode } from '#shared/errors.ts';

/** Where the client is on its way from the link to the room. */
export type Phase =
	| { kind: 'entering' }
	| { kind: 'lobby' }
	| { kind: 'joining' }
	| { kind: 'joined' }
	| { kind: 'left' }
	/** The lobby or the room could not be entered; `again` says whether trying again makes sense. */
	| { kind: 'failed'; code: ErrorCode; message: string; again: boolean };

/** The signalling connection. Media may still flow while it is lost. */
export type Connection = 'connecting' | 'connected' | 'reconnecting';

/** What the lobby found out about the way media takes. */
export type MediaPath =
	| { kind: 'checking' }
	| { kind: 'connected'; protocol: 'udp' | 'tcp' }
	/** Nothing came back; address and port are what the browser was told to reach. */
	| { kind: 'unreachable'; address: string; port: number };

/** Why a microphone or camera that the person wants on is not on. */
export type DeviceProblem =
	/** The person or the browser's settings said no. */
	| 'refused'
	/** There is none. */
	| 'absent'
	/** Another program holds it, or it failed to start. */
	| 'busy'
	/** The page is not secure, so the browser offers no devices. */
	| 'insecure';

/** One of the person's own devices. */
export type DeviceState =
	| { kind: 'off' }
	| { kind: 'starting' }
	| { kind: 'on' }
	| { kind: 'problem'; problem: DeviceProblem };

/** How large a peer's video is shown, in device pixels. 0 by 0: not visible now. */
export type TileSize = { width: number; height: number };
