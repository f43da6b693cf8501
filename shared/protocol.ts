import { accountFacts } from './account.ts';
import { admissionFacts, admissionRequests } from './admission.ts';
import { callFacts, callRequests } from './calls.ts';
import { chatFacts, chatRequests } from './chat.ts';
import type { AnswerData, FactData, ParsedInput, SentInput } from './define.ts';
import { encryptionFacts, encryptionRequests } from './encryption.ts';
import type { Answer } from './errors.ts';
import { hostFacts, hostRequests } from './host.ts';
import { matchFacts, matchRequests } from './match.ts';
import { mediaFacts, mediaRequests } from './media.ts';
import { peopleFacts, peopleRequests } from './people.ts';
import { roomFacts, roomRequests } from './room.ts';
import { versionFacts } from './handshake.ts';

/** Every request. The rules are in PROTOCOL.md. */
export const requests = {
	...roomRequests,
	...admissionRequests,
	...hostRequests,
	...encryptionRequests,
	...mediaRequests,
	...matchRequests,
	...chatRequests,
	...peopleRequests,
	...callRequests,
} as const;
/** Every fact. */
export const facts = {
	...versionFacts,
	...accountFacts,
	...roomFacts,
	...admissionFacts,
	...hostFacts,
	...encryptionFacts,
	...mediaFacts,
	...matchFacts,
	...chatFacts,
	...peopleFacts,
	...callFacts,
} as const;

export type RequestName = keyof typeof requests;
export type FactName = keyof typeof facts;

/** The input of the request, as a client sends it. */
export type Sent<N extends RequestName> = SentInput<(typeof requests)[N]>;
/** The input of the request, as a handler receives it. */
export type Parsed<N extends RequestName> = ParsedInput<(typeof requests)[N]>;
/** The data of a successful answer to the request. */
export type Data<N extends RequestName> = AnswerData<(typeof requests)[N]>;
/** The data of the fact. */
export type FactOf<N extends FactName> = FactData<(typeof facts)[N]>;

/** Socket.IO's map of events that clients emit. */
export type ClientToServer = {
	[N in RequestName]: (input: Sent<N>, answer: (answer: Answer<Data<N>>) => void) => void;
};
/** Socket.IO's map of events that the server emits. */
export type ServerToClient = { [N in FactName]: (told: FactOf<N>) => void };
