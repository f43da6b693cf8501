import express, { Router, type Request, type Response } from 'express';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { matchId, messageId, newMessageId, type MatchId, type PersonId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import { matchText, matchWish, reportReason, reportWords } from '#shared/match.ts';
import type { Matches } from '../../matching/matches.ts';
import type { MatchSession } from '../../matching/match.ts';
import { TextClient } from '../../matching/textClient.ts';
import type { TextClients } from '../../matching/textClients.ts';
import { addressBlock } from '../../platform/address.ts';
import type { Authentication } from '../request/authentication.ts';
import { bodyOf } from '../chat/chatRequest.ts';
import { parsed } from '../request/input.ts';

const inMatch = { matchId: v.optional(matchId) };
export const matchPost = v.object({
	...inMatch,
	messageId: v.optional(messageId),
	body: matchText,
});
export const namedMatch = v.object(inMatch);
const yesOrNo = v.boolean('must be true or false');
export const matchKeep = v.object({ ...inMatch, keep: v.optional(yesOrNo, true) });
export const matchReport = v.object({
	...inMatch,
	reason: reportReason,
	words: v.optional(reportWords, ''),
	block: v.optional(yesOrNo, false),
});
const whole = v.pipe(v.number('must be a whole number'), v.safeInteger('must be a whole number'));
export const matchReceive = v.object({
	after: v.optional(v.pipe(whole, v.minValue(0))),
	/** How many seconds the answer may wait. */
	wait: v.optional(v.pipe(whole, v.minValue(0), v.maxValue(60, 'is at most 60 seconds')), 25),
});

/** Meeting strangers in text over plain HTTP; docs/http-api.md describes it. */
export function matchRoutes(
	authentication: Authentication,
	matches: Matches,
	clients: TextClients,
): Router {
	const routes = Router();
	routes.use(express.json({ limit: limits.requestBytes }));
	const of = (request: Request) => clients.of(authentication.personOf(request));
	const tell = (response: Response, data: unknown) => response.json({ ok: true, data });
	const networkOf = (request: Request) => addressBlock(request.ip ?? '');
	const { maker, reports } = matches;
	const stateOf = (person: PersonId) => ({
		state: clients.find(person)?.state ?? 'idle',
		waiting: maker.waiting,
	});

	routes.post('/start', authentication.costs(5), async (request, response) => {
		const wish = parsed(matchWish, bodyOf(request));
		if (wish.mode === 'video')
			throw new CodedError('BAD_REQUEST', 'mode: over HTTP people meet in writing; send "text"');
		const person = authentication.personOf(request);
		const waiting = await matches.start(clients.begin(person, networkOf(request)).session, wish);
		tell(response, { state: clients.of(person).state, waiting });
	});

	routes.post('/send', async (request, response) => {
		const client = of(request);
		const {
			matchId: named,
			messageId: id = newMessageId(),
			body,
		} = parsed(matchPost, bodyOf(request));
		const input = { matchId: named ?? currentOf(client), messageId: id, body };
		tell(response, await matches.post(client.session, input));
	});

	routes.post('/receive', async (request, response) => {
		const client = of(request);
		const { after, wait } = parsed(matchReceive, request.body ?? {});
		const gone = new AbortController();
		response.once('close', () => gone.abort());
		const events = await client.receive(after, wait * 1000, gone.signal);
		if (!gone.signal.aborted) tell(response, { state: client.state, events });
	});

	routes.post('/next', authentication.costs(5), (request, response) => {
		const client = of(request);
		const { matchId: named = null } = parsed(namedMatch, request.body ?? {});
		const waiting = maker.next(client.session, named);
		tell(response, { state: client.state, waiting });
	});

	routes.post('/keep', authentication.costs(5), async (request, response) => {
		const client = of(request);
		const { matchId: named, keep } = parsed(matchKeep, request.body ?? {});
		await matches.keep(client.session, { matchId: named ?? currentOf(client), keep });
		tell(response, {});
	});

	// Also after `disconnect`: a person who fled from a partner can still block them.
	routes.post('/block', authentication.costs(5), async (request, response) => {
		const person = authentication.personOf(request);
		const { matchId: named } = parsed(namedMatch, request.body ?? {});
		await reports.block(person, named ?? reports.latest(person, byHttp));
		tell(response, stateOf(person));
	});

	routes.post('/report', authentication.costs(5), async (request, response) => {
		const person = authentication.personOf(request);
		const { matchId: named, ...report } = parsed(matchReport, bodyOf(request));
		const matchId = named ?? reports.latest(person, byHttp);
		await reports.report(person, { ...report, matchId }, networkOf(request));
		tell(response, stateOf(person));
	});

	routes.post('/disconnect', (request, response) => {
		clients.end(authentication.personOf(request));
		tell(response, {});
	});

	return routes;
}

/** @throws {CodedError} NOT_FOUND if there is no partner. */
function currentOf({ session }: TextClient): MatchId {
	if (!session.match) throw new CodedError('NOT_FOUND', "You don't have a partner right now.");
	return session.match.id;
}

const byHttp = ({ listener }: MatchSession): boolean => listener instanceof TextClient;
