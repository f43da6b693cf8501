import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import { localStore, type LocalStore } from '../../sfu/store/worker/localStore.ts';
import { openSqlite, sqliteFile } from '../../sfu/store/database/sqlite.ts';
import {
	newCallId,
	newContactCode,
	newFileId,
	newPeerId,
	newRingId,
	newSessionId,
	newTokenId,
} from '../../shared/ids.ts';
import { between, newAuthor, newChat, postOne, text } from '../support/stores.ts';

const ann = newAuthor('Ann');
const ben = newAuthor('Ben');

async function useAcquaintances({ contacts, blocks, directs, rings, rooms, chats }: LocalStore) {
	const [one, other] = [ann.personId, ben.personId];
	await contacts.add(one, ben, 1);
	await contacts.list(one);
	await contacts.has(one, other);
	const code = await contacts.code(one, newContactCode(), true, 1);
	await contacts.code(one, newContactCode(), false, 1);
	await contacts.ownerOf(code);
	await contacts.peopleMet(one, 10);
	await contacts.haveMet(one, other);
	await contacts.nameOf(one);
	await contacts.choose(one, 'away', 1);
	await contacts.chosen(one);
	await contacts.remove(one, other);
	await blocks.add(one, ben, 1);
	await blocks.list(one);
	await blocks.of(other);
	await blocks.between([one, other]);
	await blocks.remove(one, other);
	const roomId = await directs.open(ann, ben, newChat().roomId, 1);
	await postOne({ chats }, text({ roomId, pair: null }, ann, 'hello'));
	await directs.list(one);
	const call = newChat().roomId;
	await rooms.openCall(call, ann, 1);
	await rooms.openCall(call, ann, 1);
	const ringId = newRingId();
	const about = { ringId, roomId: call, caller: ann, callee: ben };
	await rings.begin({ ...about, video: true, hidden: false, at: 1 });
	await rings.answered(ringId, 2);
	await rings.history(one, 5, 10);
	await rings.recover();
	await rings.end(ringId, 'declined', 3);
}

/** Asks everything that can be asked. */
async function useAll(store: LocalStore): Promise<void> {
	await useAcquaintances(store);
	const { people, rooms, chats, files, calls, tokens } = store;
	const key = newChat();
	const { roomId } = key;
	const pair = between(key, ann, ben);
	await people.seen(ann.personId, newSessionId(), 1);
	const { next } = await people.forget(5, null, 1);
	await people.forget(5, next, 1);
	await people.forgetDevices(5);
	await calls.forget(5, 1);
	await rooms.enter(roomId, ann.personId, 'Ann', 1);
	await rooms.enter(roomId, ann.personId, 'Anna', 1);
	await rooms.member(roomId, ann.personId);
	await rooms.members(roomId);
	await rooms.setRetention(roomId, { kind: 'days', days: 1 });
	await rooms.retention(roomId);
	await rooms.setName(roomId, 'Lessons');
	await rooms.name(roomId);
	await rooms.setLabel(roomId, ann.personId, 'Tutor');
	await rooms.setListed(roomId, ann.personId, false);
	await rooms.setListed(roomId, ann.personId, true);
	await rooms.rules(roomId);

	const info = { fileId: newFileId(), name: 'f', type: 'a/b', size: 1, picture: null };
	await files.add({ info, key, owner: ann.personId, at: 1 });
	const more = { mentions: [ben.personId], files: [info.fileId] };
	const said = await postOne({ chats }, text(key, ann, 'a word', { at: 2e12, ...more }));
	await chats.post([
		text(key, ben, 'b', { at: 2e12, replyTo: said.messageId }),
		text(pair, ann, 'c', { at: 2e12 }),
	]);
	const id = said.messageId;
	await chats.edit(key, id, ann.personId, { body: 'd', mentions: [] }, 1);
	await chats.react(key, id, ben.personId, '👍', true, 1);
	await chats.react(key, id, ben.personId, '👍', false, 1);
	await chats.correct(key, id, ben, 'e', 1);
	for (const kind of ['before', 'after', 'around'] as const)
		await chats.page(key, { kind, seq: 1 }, 10);
	await chats.page(key, { kind: 'latest' }, 10);
	await chats.page(key, { kind: 'since', at: 1 }, 10);
	await chats.changes(key, 0, 10);
	await chats.search(key, 'd', undefined, 10);
	await chats.search(key, 'd', 5, 10);
	await chats.read(key, ben.personId, 1);
	await chats.summary(key, ben.personId);
	await chats.summaries(roomId, ben.personId);
	await rooms.roomsOf(ann.personId);
	await chats.exportAfter(key, 0);
	await files.readable(info.fileId, ben.personId);
	await files.readable(info.fileId, ben.personId, roomId);
	await files.sizeOf(roomId);
	await files.sizeOf(roomId, ben.personId);
	await chats.delete(key, id, ann.personId, 1);
	await files.abandon(5);
	await files.forget(await files.pendingDeletion(10));
	await chats.sweep(3e12);
	await rooms.setRetention(roomId, { kind: 'until-empty' });
	await chats.post([text(key, ann, 'f')]);
	await chats.sweepable();
	await chats.sweepEmpty(roomId);

	const callId = newCallId();
	const peerId = newPeerId();
	await calls.begin(callId, roomId, 1);
	await calls.joined(callId, peerId, ann, 1);
	await calls.left(callId, peerId, 1);
	await calls.alive([callId], 2);
	await calls.present(roomId, 0);
	await calls.history(roomId, 10);
	await calls.past(roomId, 9, 10);
	await calls.recover(Date.now());
	await calls.end(callId, 3);
	const token = {
		tokenId: newTokenId(),
		name: 't',
		madeAt: 1,
		usedAt: null,
		expiresAt: 9,
		scope: 'write' as const,
	};
	await tokens.add(ann.personId, token, 'hash', newSessionId());
	await tokens.list(ann.personId);
	await tokens.use('hash', 1);
	await tokens.revoke(ann.personId, token.tokenId);
}

test('no query walks through a whole table', async () => {
	const dir = mkdtempSync(join(tmpdir(), 'parley-plans-'));
	const database = await openSqlite(dir);
	const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
	await useAll(localStore(database));
	const statements = new Set(prepare.mock.calls.map(([statement]) => statement));
	prepare.mockRestore();
	await database.close();

	const file = new DatabaseSync(sqliteFile(dir));
	const walks = [...statements]
		.filter((statement) => /^\s*(select|insert|update|delete)/.test(statement))
		.flatMap((statement) =>
			file
				.prepare(`explain query plan ${statement}`)
				.all()
				.map(({ detail }) => ({ statement, detail: String(detail) })),
		)
		// Not tables: the search index, lists that were handed over, and the index that holds open calls only.
		.filter(({ detail }) =>
			/^SCAN (?!.*(VIRTUAL TABLE|ROW|VALUES CLAUSE|(?:calls|rings)_open))/.test(detail),
		);
	file.close();
	rmSync(dir, { recursive: true, force: true });
	expect(statements.size).toBeGreaterThan(80);
	expect(walks).toEqual([]);
});
