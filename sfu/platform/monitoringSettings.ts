import * as v from 'valibot';
import { count, httpAddress, text } from './settingKinds.ts';

/** The section `log`. */
export const log = v.strictObject({
	level: v.pipe(
		v.optional(
			v.picklist(['debug', 'info', 'warn', 'error'], 'must be "debug", "info", "warn" or "error"'),
			'info',
		),
		v.description('The lowest level that is logged: "debug", "info", "warn" or "error".'),
	),
});

/** The section `metrics`. */
export const metrics = v.strictObject({
	port: count(
		'TCP port that serves only GET /metrics; 0 means none. Let only the monitoring reach it.',
		0,
		0,
		65535,
	),
	address: text('Address to listen on with this port; empty means every interface.', '127.0.0.1'),
	token: v.pipe(
		v.optional(
			v.pipe(
				v.string('must be text'),
				v.regex(
					/^(?:[\x21-\x7e]{16,})?$/,
					'must be empty, or at least 16 letters, digits or signs without blanks',
				),
			),
			'',
		),
		v.description(
			'Secret that GET /metrics requires as "Authorization: Bearer …". With it, the port of the pages serves the metrics too.',
		),
	),
	clientReports: v.pipe(
		v.optional(v.boolean('must be true or false'), true),
		v.description(
			'Whether pages in a call report loss, round trip, freezes and the time to the first picture once a minute. The metrics hold sums, without people or rooms.',
		),
	),
});

/** The section `tracing`. */
export const tracing = v.strictObject({
	endpoint: httpAddress(
		'Where OpenTelemetry takes traces (OTLP over HTTP, without /v1/traces), such as "http://localhost:4318"; empty for none.',
	),
	serviceName: v.pipe(
		v.optional(v.pipe(v.string('must be text'), v.nonEmpty('must not be empty')), 'parley'),
		v.description('What the traces call this service.'),
	),
	percent: count('How many of 100 requests are traced.', 100, 1, 100),
});
