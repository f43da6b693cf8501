import type { Response } from 'express';
import type { Access } from '../../chat/access.ts';
import type { Visitor } from '../../people/identity/sessionRegistry.ts';
import type { AboutPerson, AccountStore } from '../../store/api/accountStore.ts';
import { attachment, sendText } from '../chat/downloads.ts';
import { day } from '../chat/exportText.ts';

/** All stored data of a person, as a file for them. Only a part of it is in memory at a time. */
export async function accountData(
	{ personId }: Visitor,
	store: AccountStore,
	access: Access,
	response: Response,
): Promise<void> {
	const about = await access.reading(() => store.about(personId));
	response.setHeader('Content-Disposition', attachment(`parley-data-${day(Date.now())}.json`));
	response.type('application/json');
	await sendText(asJson(personId, about, store), response);
}

async function* asJson(
	personId: Visitor['personId'],
	{ profile, ...about }: AboutPerson,
	store: AccountStore,
): AsyncGenerator<string> {
	const { skeleton: _, ...shown } = profile ?? { skeleton: null };
	const head = { personId, exportedAt: Date.now(), profile: shown, ...about };
	yield `${JSON.stringify(head, null, '\t').slice(0, -2)},\n\t"messages": [`;
	let [after, comma] = [0, '\n\t\t'];
	for (;;) {
		const written = await store.writtenBy(personId, after);
		for (const { row, system, ...message } of written) {
			after = row;
			const line = {
				...message,
				...(system !== null && { system: JSON.parse(system) as unknown }),
			};
			yield comma + JSON.stringify(line);
			comma = ',\n\t\t';
		}
		if (written.length === 0) break;
	}
	yield '\n\t]\n}\n';
}
