import * as v from 'valibot';
import { accounts, embed, oidc } from './accountSettings.ts';
import { calls, drain, rooms } from './callSettings.ts';
import { http, limits, site } from './httpSettings.ts';
import { media } from './mediaSettings.ts';
import { log, metrics, tracing } from './monitoringSettings.ts';
import { node, redis } from './nodeSettings.ts';
import { push } from './pushSettings.ts';
import { data, files } from './storageSettings.ts';

/** Every setting with its default and description. The example file and its JSON schema are generated from it. */
export const configSchema = v.strictObject({
	http: v.optional(http, {}),
	limits: v.optional(limits, {}),
	metrics: v.optional(metrics, {}),
	tracing: v.optional(tracing, {}),
	media: v.optional(media, {}),
	rooms: v.optional(rooms, {}),
	drain: v.optional(drain, {}),
	calls: v.optional(calls, {}),
	data: v.optional(data, {}),
	push: v.optional(push, {}),
	redis: v.optional(redis, {}),
	node: v.optional(node, {}),
	files: v.optional(files, {}),
	accounts: v.optional(accounts, {}),
	oidc: v.optional(oidc, {}),
	embed: v.optional(embed, {}),
	site: v.optional(site, {}),
	log: v.optional(log, {}),
});
