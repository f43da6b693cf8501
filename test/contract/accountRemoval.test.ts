import { describe, expect, test } from 'vitest';
import type { Author } from '../../shared/chat.ts';
import {
	newCallId,
	newContactCode,
	newFileId,
	newMatchId,
	newMessageId,
	newPeerId,
	newReportId,
	newRingId,
	newRoomId,
	newSessionId,
	newTokenId,
	type RoomId,
} from '../../shared/ids.ts';
import { nameSkeleton } from '../../shared/userName.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { allOf, between, bodyOf, newAuthor, postOne, text } from '../support/stores.ts';

const nobody = 'Deleted person';

onEachDatabase('people who go', (on) => {
	/** A guest and an account, and somebody who knows both. */
	async function people() {
		const [guest, account, other] = [newAuthor('Gast'), newAuthor('Acc'), newAuthor('Other')];
		const userName = `a${crypto.randomUUID().slice(0, 8)}`;
		const made = { userName, skeleton: nameSkeleton(userName), passwordHash: 'hash' };
		await on.store.accounts.signUp(account.personId, made, account.name, 1);
		return { guest, account, other };
	}

	/** A room that these people have entered, in this order: the first one is its host. */
	async function roomOf(...authors: Author[]) {
		const roomId = newRoomId();
		for (const { personId, name } of authors) await on.store.rooms.enter(roomId, personId, name, 1);
		return roomId;
	}

	const merge = (guest: Author, into: Author) =>
		on.store.accounts.merge(guest.personId, into.personId, 50);
	const remove = (person: Author, messages: 'keep' | 'remove') =>
		on.store.accounts.remove(person.personId, messages, nobody, 50);

	async function ringing(caller: Author, callee: Author, at: number, hidden = false) {
		const ringId = newRingId();
		const ring = { ringId, roomId: newRoomId(), caller, callee, video: true, hidden, at };
		await on.store.rings.begin(ring);
		await on.store.rings.end(ringId, 'declined', at + 1);
	}

	const reportBy = (reporter: Author, reported: Author, matchId = newMatchId()) =>
		on.store.moderation.report({
			...{ reportId: newReportId(), matchId, reporter, reported, reason: 'spam', words: '' },
			...{ chat: [], reportedAt: 1 },
		});

	describe('ACCOUNT-3: a guest who is merged into an account', () => {
		test('is in their rooms as that, with the role that has more say', async () => {
			const { guest, account, other } = await people();
			const { rooms } = on.store;
			const [alone, hosted, both] = [
				await roomOf(guest, other),
				await roomOf(guest, account),
				await roomOf(account, guest, other),
			];
			const [banned, bannedAccount, bannedBoth] = [
				await roomOf(other, guest),
				await roomOf(guest, account),
				await roomOf(other, account, guest),
			];
			await rooms.setRole(banned, guest, 'removed', 2);
			await rooms.setRole(bannedAccount, account, 'removed', 2);
			await rooms.setRole(bannedBoth, guest, 'removed', 2);
			for (const [roomId, who, label] of [
				[alone, guest, 'Tutor'],
				[both, guest, 'Of the guest'],
				[hosted, account, 'Own'],
				[hosted, guest, 'Other'],
			] as const)
				await rooms.setLabel(roomId, who.personId, label);
			const { rooms: told, successors } = await merge(guest, account);
			const labelIn = async (roomId: RoomId) =>
				(await rooms.member(roomId, account.personId))?.label;
			expect(await labelIn(alone)).toBe('Tutor');
			expect(await labelIn(both)).toBe('Of the guest');
			expect(await labelIn(hosted)).toBe('Own');
			expect(told).toHaveLength(6);
			expect(successors).toEqual([]);
			const standing = async (roomId: RoomId) => {
				const { hosts, removed } = await rooms.rules(roomId);
				expect(hosts).not.toHaveLength(0);
				expect(await rooms.member(roomId, guest.personId)).toBeNull();
				expect(removed.map(({ personId }) => personId)).not.toContain(guest.personId);
				if (removed.some(({ personId }) => personId === account.personId)) return 'removed';
				return (await rooms.member(roomId, account.personId))?.role;
			};
			expect(await standing(alone)).toBe('host');
			expect(await standing(hosted)).toBe('host');
			expect(await standing(both)).toBe('host');
			expect(await rooms.members(both)).toHaveLength(2);
			expect(await standing(banned)).toBe('removed');
			// A host could have let them in again.
			expect(await standing(bannedAccount)).toBe('host');
			expect(await standing(bannedBoth)).toBe('removed');
		});

		test('has said what they said as that, and each mark is there once', async () => {
			const { guest, account, other } = await people();
			const { chats, rooms, files, tokens } = on.store;
			const roomId = await roomOf(other, guest, account);
			const key = { roomId, pair: null };
			const fileId = newFileId();
			const info = { fileId, name: 'a.txt', type: 'text/plain', size: 1, picture: null };
			await files.add({ info, key, owner: guest.personId, at: 1 });
			const said = await postOne(on.store, text(key, guest, 'mine', { files: [fileId] }));
			const theirs = await postOne(
				on.store,
				text(key, other, 'look', { mentions: [guest.personId, account.personId] }),
			);
			for (const { personId } of [guest, account])
				await chats.react(key, theirs.messageId, personId, '👍', true, 3);
			await chats.react(key, theirs.messageId, guest.personId, '🎉', true, 3);
			for (const one of [guest, account])
				await chats.correct(key, theirs.messageId, one, `by ${one.name}`, 4);
			const system = { event: 'named-host', person: guest } as const;
			await on.store.chats.post([
				{
					...{ key, messageId: newMessageId(), author: other, at: 5 },
					content: { kind: 'system', system },
				},
			]);
			const pair = between(key, guest, other);
			await postOne(on.store, text(pair, guest, 'to you alone'));
			await chats.read(key, guest.personId, 2);
			await tokens.add(
				guest.personId,
				{ tokenId: newTokenId(), name: 't', madeAt: 1, usedAt: null, expiresAt: 99, scope: 'read' },
				roomId,
				newSessionId(),
			);
			const before = (await chats.summary(key, other.personId)).revision;
			const { changed } = await merge(guest, account);
			expect(changed).toContainEqual({ key, after: before });
			const messages = await allOf(on.store, key);
			expect(messages.find(({ messageId }) => messageId === said.messageId)).toMatchObject({
				author: { personId: account.personId },
				content: { files: [{ fileId }] },
			});
			const marked = messages.find(({ messageId }) => messageId === theirs.messageId);
			expect(JSON.stringify(messages)).not.toContain(guest.personId);
			expect(marked).toMatchObject({
				reactions: [
					{ emoji: '👍', people: [account.personId] },
					{ emoji: '🎉', people: [account.personId] },
				],
				corrections: [{ author: { personId: account.personId }, body: 'by Acc' }],
			});
			const moved = await allOf(on.store, between(key, account, other));
			expect(moved.map(bodyOf)).toEqual(['to you alone']);
			expect(await rooms.members(roomId)).toHaveLength(2);
			expect(await files.readable(fileId, account.personId)).not.toBeNull();
			// A token that was made in the guest's session is nobody's key to the account (ACCOUNT-11).
			expect(await tokens.use(roomId, 9)).toBeNull();
		});

		test('brings contacts, blocks and what they chose, each once', async () => {
			const { guest, account, other } = await people();
			const [friend, foe, both] = [newAuthor('Friend'), newAuthor('Foe'), newAuthor('Both')];
			const { contacts, blocks, moderation, accounts } = on.store;
			for (const one of [friend, both, account]) await contacts.add(guest.personId, one, 2);
			for (const one of [both, foe, guest]) await contacts.add(account.personId, one, 3);
			for (const one of [friend, other]) await contacts.add(one.personId, guest, 4);
			await contacts.add(friend.personId, account, 5);
			await blocks.add(guest.personId, foe, 6);
			await blocks.add(foe.personId, guest, 7);
			await blocks.add(foe.personId, account, 8);
			const code = newContactCode();
			await contacts.code(guest.personId, code, false, 1);
			await contacts.choose(guest.personId, 'do-not-disturb', 1);
			await moderation.agree(guest.personId, 3, 1);
			const { acquainted } = await merge(guest, account);
			expect(acquainted.sort()).toEqual(
				[friend, other, account].map(({ personId }) => personId).sort(),
			);
			const idsOf = async (person: Author) =>
				(await contacts.list(person.personId)).map(({ personId }) => personId).sort();
			expect(await idsOf(account)).toEqual([friend.personId, both.personId].sort());
			expect(await idsOf(friend)).toEqual([account.personId]);
			expect(await idsOf(other)).toEqual([account.personId]);
			expect(await idsOf(guest)).toEqual([]);
			expect(await blocks.list(account.personId)).toEqual([foe]);
			expect(await blocks.of(account.personId)).toEqual([foe.personId]);
			expect(await blocks.list(foe.personId)).toHaveLength(1);
			expect(await contacts.ownerOf(code)).toBe(account.personId);
			expect(await contacts.chosen(account.personId)).toBe('do-not-disturb');
			expect(await moderation.agreed(account.personId)).toBe(3);
			// Another guest later: what the account chose itself stands.
			const second = newAuthor('Second');
			await contacts.choose(second.personId, 'away', 1);
			await moderation.agree(second.personId, 1, 1);
			await accounts.merge(second.personId, account.personId, 60);
			expect(await contacts.chosen(account.personId)).toBe('do-not-disturb');
			expect(await moderation.agreed(account.personId)).toBe(3);
		});

		test('brings chats of two, and the second one with somebody as a room', async () => {
			const { guest, account, other } = await people();
			const friend = newAuthor('Friend');
			const { directs, rooms } = on.store;
			const withFriend = await directs.open(guest, friend, newRoomId(), 1);
			const [own, second] = [
				await directs.open(account, other, newRoomId(), 1),
				await directs.open(guest, other, newRoomId(), 1),
			];
			for (const [roomId, by] of [
				[withFriend, guest],
				[own, account],
				[second, guest],
			] as const)
				await postOne(on.store, text({ roomId, pair: null }, by, 'hello'));
			await directs.open(guest, account, newRoomId(), 1);
			await merge(guest, account);
			const listed = await directs.list(account.personId);
			expect(listed.map(({ roomId }) => roomId).sort()).toEqual([withFriend, own].sort());
			expect(await directs.open(friend, account, newRoomId(), 2)).toBe(withFriend);
			expect((await directs.list(friend.personId)).map(({ personId }) => personId)).toEqual([
				account.personId,
			]);
			// Nothing of the other one is lost: both find it among their rooms, and nobody else comes in.
			for (const { personId } of [account, other])
				expect((await rooms.roomsOf(personId)).map(({ roomId }) => roomId)).toEqual([second]);
			expect(await rooms.rules(second)).toMatchObject({ kind: 'open', policy: { locked: true } });
		});

		test('has called and met whom they called and met as that', async () => {
			const { guest, account, other } = await people();
			const { rings, calls, moderation } = on.store;
			const roomId = await roomOf(guest, other);
			const callId = newCallId();
			await calls.begin(callId, roomId, 1);
			await calls.joined(callId, newPeerId(), guest, 2);
			await ringing(guest, other, 10);
			await ringing(other, guest, 20);
			await ringing(other, guest, 30, true);
			await ringing(guest, account, 40);
			const matchId = newMatchId();
			await reportBy(account, other, matchId);
			await reportBy(guest, other, matchId);
			await reportBy(other, guest);
			const admin = newAuthor('Admin').personId;
			const warning = { by: admin, action: 'warn', words: 'No.', until: null, at: 3 } as const;
			await moderation.decide({ about: { personId: guest.personId }, ...warning });
			await merge(guest, account);
			const history = await rings.history(account.personId, 100, 10);
			expect(history.map(({ beganAt }) => beganAt)).toEqual([20, 10]);
			expect(await rings.history(guest.personId, 100, 10)).toEqual([]);
			const [call] = await calls.history(roomId, 1);
			expect(call?.participants).toMatchObject([{ personId: account.personId }]);
			const reports = (await moderation.reports('open', null, 50)).filter((report) =>
				[report.reporter, report.reported].some(({ personId }) => personId === other.personId),
			);
			expect(reports).toHaveLength(2);
			expect(JSON.stringify(reports)).not.toContain(guest.personId);
			expect(await moderation.warnings(account.personId)).toMatchObject([{ words: 'No.' }]);
			expect((await moderation.log(null, 1))[0]?.personId).toBe(account.personId);
		});

		test('is nobody then, in any session', async () => {
			const { guest, account } = await people();
			const { accounts, people: known, sessions } = on.store;
			const [sessionId, own] = [newSessionId(), newSessionId()];
			await known.seen(guest.personId, sessionId, 1, 'Browser');
			await known.seen(account.personId, own, 1);
			await merge(guest, account);
			expect(await accounts.profile(guest.personId)).toMatchObject({ deleted: true });
			expect((await sessions.find(guest.personId, sessionId)).session).toMatchObject({
				endsAt: 50,
				device: '',
			});
			expect(await sessions.list(guest.personId, 51)).toEqual([]);
			expect((await sessions.list(account.personId, 51)).map((one) => one.sessionId)).toEqual([
				own,
			]);
			expect(await accounts.profile(account.personId)).toMatchObject({ accountAt: 1 });
			// An account is taken in by no other one.
			const { account: second } = await people();
			await expect(merge(second, account)).rejects.toMatchObject({ code: 'CONFLICT' });
		});

		test('ACCOUNT-19: has not reported themselves', async () => {
			const { guest, account, other } = await people();
			const { moderation } = on.store;
			await reportBy(guest, account);
			await reportBy(account, guest);
			const kept = newMatchId();
			await reportBy(other, guest, kept);
			await merge(guest, account);
			const about = (await moderation.reports('open', null, 10)).filter(
				({ reported }) => reported.personId === account.personId,
			);
			expect(about.map(({ matchId }) => matchId)).toEqual([kept]);
		});

		test('ACCOUNT-23: is that account for what is decided about them, until that is removed', async () => {
			const { guest, account, other } = await people();
			const { moderation } = on.store;
			await merge(guest, account);
			const about = { personId: guest.personId };
			const done = { about, by: other.personId, words: 'x', until: 99, at: 60 };
			expect(await moderation.decide({ ...done, action: 'suspend' })).toBe(account.personId);
			expect(await moderation.decide({ ...done, action: 'warn' })).toBe(account.personId);
			expect(await moderation.warnings(account.personId)).toHaveLength(1);
			const own = { ...done, by: account.personId, action: 'suspend' as const };
			await expect(moderation.decide(own)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
			await remove(account, 'keep');
			const late = moderation.decide({ ...done, action: 'suspend' });
			await expect(late).rejects.toMatchObject({ code: 'NOT_FOUND' });
		});

		test('ACCOUNT-21: is not suspended, in whatever moment it happens', async () => {
			const { guest, account } = await people();
			await on.store.people.seen(guest.personId, newSessionId(), 1);
			await on.store.accounts.suspend(guest.personId, { until: 51, reason: '' }, 1);
			await expect(merge(guest, account)).rejects.toMatchObject({ code: 'SUSPENDED' });
			expect(await on.store.accounts.profile(guest.personId)).toMatchObject({ deleted: false });
		});
	});

	describe('ACCOUNT-5: a person who is removed', () => {
		test.each(['keep', 'remove'] as const)(
			'leaves nothing but ids, with what they wrote: %s',
			async (messages) => {
				const { guest, account, other } = await people();
				const { accounts, chats, contacts, blocks, rings, calls, moderation, files } = on.store;
				const roomId = await roomOf(account, other, guest);
				const key = { roomId, pair: null };
				const fileId = newFileId();
				const info = { fileId, name: 'a.txt', type: 'text/plain', size: 1, picture: null };
				await files.add({ info, key, owner: account.personId, at: 1 });
				await postOne(on.store, text(key, account, 'remember me', { files: [fileId] }));
				const theirs = await postOne(
					on.store,
					text(key, other, 'hi', { mentions: [account.personId] }),
				);
				await chats.react(key, theirs.messageId, account.personId, '👍', true, 3);
				await chats.correct(key, theirs.messageId, account, 'Hi!', 3);
				await postOne(on.store, text(between(key, account, other), account, 'secret'));
				const callId = newCallId();
				await calls.begin(callId, roomId, 1);
				await calls.joined(callId, newPeerId(), account, 2);
				await contacts.add(account.personId, other, 1);
				await contacts.add(other.personId, account, 1);
				await blocks.add(account.personId, guest, 1);
				await blocks.add(guest.personId, account, 1);
				const code = newContactCode();
				await contacts.code(account.personId, code, false, 1);
				await contacts.choose(account.personId, 'away', 1);
				await moderation.agree(account.personId, 1, 1);
				await ringing(account, other, 10);
				await ringing(other, account, 20);
				await reportBy(account, other);
				await reportBy(other, account);
				const sessionId = newSessionId();
				await on.store.people.seen(account.personId, sessionId, 2, 'Their browser');

				const about = await accounts.about(account.personId);
				expect(about).toMatchObject({
					contacts: [{ name: 'Other' }],
					blocked: [{ name: 'Gast' }],
					rings: [
						{ by: 'Acc', to: 'Other', outcome: 'declined' },
						{ by: 'Other', to: 'Acc' },
					],
					agreements: [{ version: 1 }],
					reports: [{ about: 'Other', reason: 'spam' }],
				});

				const { rooms, successors, acquainted } = await remove(account, messages);
				expect(rooms).toEqual([roomId]);
				expect(successors).toEqual([{ roomId, member: { ...other, role: 'host' } }]);
				expect(acquainted).toEqual([other.personId]);

				const left = await allOf(on.store, key);
				expect(left[0]).toMatchObject({
					author: { name: nobody },
					content: messages === 'keep' ? { body: 'remember me' } : { kind: 'deleted' },
				});
				expect(left[1]).toMatchObject({
					reactions: [],
					corrections: messages === 'keep' ? [{ author: { name: nobody } }] : [],
				});
				const found = await chats.search(key, 'remember', undefined, 10);
				expect(found.messages).toHaveLength(messages === 'keep' ? 1 : 0);
				expect(await files.readable(fileId, other.personId)).toEqual(
					messages === 'keep' ? info : null,
				);
				expect(await contacts.list(account.personId)).toEqual([]);
				expect(await contacts.list(other.personId)).toEqual([]);
				expect(await blocks.list(guest.personId)).toEqual([]);
				expect(await blocks.of(guest.personId)).toEqual([]);
				expect(await contacts.ownerOf(code)).toBeNull();
				expect(await contacts.nameOf(account.personId)).toBe(nobody);
				expect(await moderation.agreed(account.personId)).toBeNull();
				const history = await rings.history(other.personId, 100, 10);
				expect(history).toMatchObject([{ callee: { name: nobody } }, { caller: { name: nobody } }]);
				const [call] = await calls.history(roomId, 1);
				expect(call?.participants).toMatchObject([{ name: nobody }]);
				const reports = await moderation.reports('open', null, 50);
				const ofOther = reports.filter(
					({ reporter, reported }) =>
						reporter.personId === other.personId || reported.personId === other.personId,
				);
				expect(ofOther).toMatchObject([
					{ reported: { name: nobody } },
					{ reporter: { name: nobody } },
				]);

				const after = await accounts.about(account.personId);
				expect(after).toMatchObject({
					profile: { deleted: true, userName: null, name: nobody },
					...{ identities: [], rooms: [], contacts: [], blocked: [], agreements: [] },
					sessions: [{ device: '', endsAt: 50 }],
				});
				expect(JSON.stringify(after)).not.toContain('Acc');
				expect(await on.store.sessions.list(account.personId, 51)).toEqual([]);
			},
		);

		test('leaves the chat of two to the other one', async () => {
			const { account, other } = await people();
			const { directs, rooms } = on.store;
			const friend = newAuthor('Friend');
			const [written, empty] = [
				await directs.open(account, other, newRoomId(), 1),
				await directs.open(account, friend, newRoomId(), 1),
			];
			await postOne(on.store, text({ roomId: written, pair: null }, account, 'keep this'));
			await remove(account, 'keep');
			expect(await directs.list(other.personId)).toEqual([]);
			expect((await rooms.roomsOf(other.personId)).map(({ roomId }) => roomId)).toEqual([written]);
			expect(await rooms.roomsOf(friend.personId)).toEqual([]);
			expect((await rooms.rules(empty)).kind).toBe('direct');
			const [message] = await allOf(on.store, { roomId: written, pair: null });
			expect(message).toMatchObject({ author: { name: nobody }, content: { body: 'keep this' } });
		});

		test('leaves a room with hosts as it is, and one with nobody without', async () => {
			const { account, other, guest } = await people();
			const [shared, alone] = [await roomOf(account, other, guest), await roomOf(account)];
			await on.store.rooms.setRole(shared, guest, 'host', 2);
			await on.store.rooms.setName(shared, 'Shared');
			await on.store.rooms.setName(alone, 'Alone');
			await on.store.rooms.enter(alone, other.personId, 'Other', 1);
			await on.store.rooms.setRole(alone, other, 'removed', 2);
			const { successors } = await remove(account, 'keep');
			expect(successors).toEqual([]);
			expect((await on.store.rooms.rules(shared)).hosts).toEqual([guest.personId]);
			expect((await on.store.rooms.rules(alone)).hosts).toEqual([]);
			// ROOM-13: nobody could change the name of a room without members.
			expect(await on.store.rooms.name(alone)).toBeNull();
			expect(await on.store.rooms.name(shared)).toBe('Shared');
		});

		test('says, enters and does nothing any more, but that they left is told', async () => {
			const { account, other } = await people();
			const { chats, rooms } = on.store;
			const roomId = await roomOf(other, account);
			const key = { roomId, pair: null };
			const { messageId } = await postOne(on.store, text(key, other, 'hello'));
			await remove(account, 'keep');
			const [refused, told] = await chats.post([
				text(key, account, 'too late'),
				{
					...{ key, messageId: newMessageId(), author: account, at: 60 },
					content: { kind: 'system', system: { event: 'left' } },
				},
			]);
			expect(refused).toMatchObject({ kind: 'refused', error: { code: 'NOT_MEMBER' } });
			expect(told).toMatchObject({ kind: 'stored', message: { author: { name: nobody } } });
			const gone = { code: 'UNAUTHENTICATED' };
			for (const room of [roomId, newRoomId()])
				await expect(rooms.enter(room, account.personId, 'Acc', 60)).rejects.toMatchObject(gone);
			const notFound = { code: 'NOT_FOUND' };
			await expect(
				chats.react(key, messageId, account.personId, '👍', true, 60),
			).rejects.toMatchObject(notFound);
			await expect(chats.correct(key, messageId, account, 'Hi', 60)).rejects.toMatchObject(
				notFound,
			);
			await expect(merge(account, other)).rejects.toMatchObject(gone);
			await expect(merge(other, account)).rejects.toMatchObject(gone);
			expect(JSON.stringify(await allOf(on.store, key))).not.toContain('Acc');
		});

		test('at the same moment in which somebody adds them leaves nobody hanging', async () => {
			const { account, other } = await people();
			await Promise.all([
				remove(account, 'remove'),
				...Array.from({ length: 4 }, () => on.store.contacts.add(other.personId, account, 2)),
			]);
			expect(await on.store.accounts.profile(account.personId)).toMatchObject({ deleted: true });
		});
	});
});
