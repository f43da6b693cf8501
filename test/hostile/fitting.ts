import fc from 'fast-check';
import * as v from 'valibot';
import { newMessageId } from '../../shared/ids.ts';
import { oddValue } from './odd.ts';

/** Stands for the room that is attacked; see `withHeard`. */
const thatRoom = 'that-room';
/** Stands for an id that was heard on the way, by its number; see `withHeard`. */
const heardId = (number: number) => `${'heard-'.padEnd(24, '-')}${number}`;

/** What may stand where a text or a number is meant, if the schema takes it. */
const pool: readonly unknown[] = [
	...[
		0,
		1,
		2,
		5,
		30,
		100,
		200,
		255,
		640,
		16384,
		65_536,
		1_700_000_000_000,
		Number.MAX_SAFE_INTEGER,
	],
	...[
		-1,
		0.5,
		'',
		'a',
		'abc',
		thatRoom,
		'Guest',
		'somebody',
		'a long password',
		'👍',
		'audio/opus',
	],
	...['video/VP8', 'x'.repeat(300), 'x'.repeat(8_000), '2026-01-01', 'en', 'de', '\u05d0', 'AB'],
	Array.from({ length: 32 }, () => 'AB').join(':'),
	...Array.from({ length: 6 }, (_, number) => heardId(number)),
	newMessageId(),
];

const fits = (schema: v.GenericSchema) =>
	pool.filter((value) => v.safeParse(schema, value).success);

/** Values of the form that a schema asks for, made of what is in the pool. */
export function fitting(schema: v.GenericSchema): fc.Arbitrary<unknown> {
	switch (schema.type) {
		case 'object': {
			const { entries } = schema as v.ObjectSchema<v.ObjectEntries, undefined>;
			const parts = Object.entries(entries).map(([key, part]) => [
				key,
				fitting(part as v.GenericSchema),
			]);
			const optional = (key: string) => entries[key]?.type === 'optional';
			return fc.record(Object.fromEntries(parts) as Record<string, fc.Arbitrary<unknown>>, {
				requiredKeys: Object.keys(entries).filter((key) => !optional(key)),
			});
		}
		case 'optional':
			return fitting((schema as v.OptionalSchema<v.GenericSchema, undefined>).wrapped);
		case 'nullable':
			return fc.option(fitting((schema as v.NullableSchema<v.GenericSchema, undefined>).wrapped));
		case 'array':
			return fc.array(fitting((schema as v.ArraySchema<v.GenericSchema, undefined>).item), {
				maxLength: 3,
			});
		case 'union':
			return fc.oneof(
				...(schema as v.UnionSchema<v.GenericSchema[], undefined>).options.map(fitting),
			);
		case 'variant': {
			const { options } = schema as v.VariantSchema<string, never[], undefined>;
			return fc.oneof(...(options as v.GenericSchema[]).map(fitting));
		}
		case 'picklist':
			return fc.constantFrom(...(schema as v.PicklistSchema<string[], undefined>).options);
		case 'literal':
			return fc.constant((schema as v.LiteralSchema<string, undefined>).literal);
		case 'boolean':
			return fc.boolean();
		default: {
			const values = fits(schema);
			return values.length > 0 ? fc.constantFrom(...values) : oddValue;
		}
	}
}

/** The same about this room and with ids that were heard; with ones of nobody where not so many were heard. */
export const withHeard = (input: unknown, roomId: string, ids: readonly string[]): unknown =>
	JSON.parse(
		JSON.stringify(input ?? null)
			.replaceAll(thatRoom, roomId)
			.replaceAll(/heard-+(\d)/g, (_, number: string) => {
				return ids[(ids.length - 1 - Number(number)) % ids.length] ?? newMessageId();
			}),
	);

/** All that may be an id in what was heard, each once, in the order in which it came. */
export const idsIn = (heard: unknown): string[] => [
	...new Set(JSON.stringify(heard).match(/(?<=")[A-Za-z0-9_-]{22,26}(?=")/g)),
];
