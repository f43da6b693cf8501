import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import ts from 'typescript';
import type * as v from 'valibot';

type Definitions = NonNullable<NonNullable<Parameters<typeof toJsonSchema>[1]>['definitions']>;
export type Json = { [key: string]: Json } | Json[] | string | number | boolean | null;
export type JsonObject = { [key: string]: Json };
type Direction = 'input' | 'output';

const sharedFolder = join(import.meta.dirname, '../../shared');
const isSchema = (value: unknown): value is v.GenericSchema =>
	typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema';
const isObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schemas that `shared/` exports, each by its name in PascalCase. */
async function sharedSchemas(): Promise<Definitions> {
	const found: Definitions = {};
	for (const file of readdirSync(sharedFolder).filter((name) => name.endsWith('.ts'))) {
		const module = (await import(join(sharedFolder, file))) as Record<string, unknown>;
		for (const [name, value] of Object.entries(module)) {
			if (!isSchema(value)) continue;
			const title = name.charAt(0).toUpperCase() + name.slice(1);
			if (found[title] && found[title] !== value)
				throw new Error(`shared/ exports two schemas named ${name}: rename one of them`);
			found[title] = value;
		}
	}
	return found;
}

/**
 * Converts valibot schemas to JSON schemas that refer to one list of components, and takes the comments on schemas and keys in
 * `shared/` along as descriptions.
 */
export class JsonSchemas {
	readonly #target: 'draft-07' | 'draft-2020-12';
	readonly #definitions: Definitions;
	readonly #comments = new Comments();
	/** What each schema is called where it differs between the side that sends and the side that reads. */
	readonly #differing: Set<string>;
	readonly #used = new Map<string, Json>();

	private constructor(target: 'draft-07' | 'draft-2020-12', definitions: Definitions) {
		this.#target = target;
		this.#definitions = definitions;
		this.#differing = this.#findDiffering();
	}

	static async create(target: 'draft-07' | 'draft-2020-12'): Promise<JsonSchemas> {
		return new JsonSchemas(target, await sharedSchemas());
	}

	/**
	 * The JSON schema of what may be sent (`input`) or of what is told (`output`).
	 *
	 * @param source the expression in `shared/` that makes the schema: the comments in it become descriptions.
	 */
	convert(schema: v.GenericSchema, direction: Direction, source?: ts.Expression): Json {
		const name = Object.keys(this.#definitions).find((key) => this.#definitions[key] === schema);
		if (name) return this.#reference(name, direction);
		const json = this.#raw(schema, direction, (used) => this.#nameOf(used, direction));
		if (source) this.#comments.describe(json, source);
		this.#include(json);
		return json;
	}

	/** Where the schemas of a request or a fact stand in `shared/`. */
	source(kind: 'request' | 'fact', name: string): { summary: string; schemas: ts.Expression[] } {
		return this.#comments.message(kind, name);
	}

	/** The schemas that were referred to. */
	get components(): JsonObject {
		return Object.fromEntries([...this.#used].sort(([a], [b]) => (a < b ? -1 : 1)));
	}

	#reference(name: string, direction: Direction): Json {
		const json = { $ref: `#/components/schemas/${this.#nameOf(name, direction)}` };
		this.#include(json);
		return json;
	}

	#nameOf(name: string, direction: Direction): string {
		return direction === 'input' && this.#differing.has(name) ? `${name}Input` : name;
	}

	#raw(schema: v.GenericSchema, typeMode: Direction, rename: (name: string) => string): Json {
		const {
			$schema: _,
			$defs: __,
			definitions: ___,
			...json
		} = toJsonSchema(schema, {
			target: this.#target,
			typeMode,
			errorMode: 'ignore',
			definitions: this.#definitions,
			overrideRef: ({ referenceId }) => `#/components/schemas/${rename(referenceId)}`,
		});
		return json as JsonObject;
	}

	/** One component as it is, not as a reference to itself. */
	#component(name: string, direction: Direction, rename: (name: string) => string): Json {
		const schema = this.#definitions[name];
		if (!schema) throw new Error(`there is no schema ${name}`);
		// A copy is another object, so it is written out.
		const json = this.#raw({ ...schema } as v.GenericSchema, direction, rename);
		this.#comments.describeExport(json, name.charAt(0).toLowerCase() + name.slice(1));
		return json;
	}

	#findDiffering(): Set<string> {
		const names = Object.keys(this.#definitions);
		const same = (name: string) => name;
		const texts = (direction: Direction) =>
			new Map(names.map((name) => [name, JSON.stringify(this.#component(name, direction, same))]));
		const [input, output] = [texts('input'), texts('output')];
		const differing = new Set(names.filter((name) => input.get(name) !== output.get(name)));
		for (let before = -1; before !== differing.size;) {
			before = differing.size;
			for (const name of names)
				if ([...differing].some((other) => input.get(name)?.includes(`/schemas/${other}"`)))
					differing.add(name);
		}
		return differing;
	}

	/** Adds the components that a schema refers to. */
	#include(json: Json): void {
		for (const [, title = ''] of JSON.stringify(json).matchAll(
			/"#\/components\/schemas\/(\w+)"/g,
		)) {
			if (this.#used.has(title)) continue;
			const isInput = !this.#definitions[title];
			const direction = isInput || !this.#differing.has(title) ? 'input' : 'output';
			const name = isInput ? title.slice(0, -'Input'.length) : title;
			const component = this.#component(name, direction, (used) => this.#nameOf(used, direction));
			this.#used.set(title, component);
			this.#include(component);
		}
	}
}

/** The comments in `shared/`, found by following how a schema is written. */
class Comments {
	readonly #exports = new Map<string, { declaration: ts.Node; value: ts.Expression }>();
	readonly #locals = new Map<ts.SourceFile, Map<string, ts.Expression>>();
	readonly #messages = new Map<string, ts.PropertyAssignment>();

	constructor() {
		for (const file of readdirSync(sharedFolder).filter((name) => name.endsWith('.ts'))) {
			const text = readFileSync(join(sharedFolder, file), 'utf8');
			const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
			const locals = new Map<string, ts.Expression>();
			this.#locals.set(source, locals);
			for (const statement of source.statements.filter(ts.isVariableStatement)) {
				const isExported = statement.modifiers?.some(
					({ kind }) => kind === ts.SyntaxKind.ExportKeyword,
				);
				for (const { name, initializer } of statement.declarationList.declarations) {
					if (!initializer || !ts.isIdentifier(name)) continue;
					const value = bare(initializer);
					locals.set(name.text, value);
					if (isExported) this.#exports.set(name.text, { declaration: statement, value });
					if (isExported && ts.isObjectLiteralExpression(value)) this.#addMessages(value);
				}
			}
		}
	}

	/** Describes a component by the comment on what is exported under this name. */
	describeExport(json: Json, name: string): void {
		const found = this.#exports.get(name);
		if (!found) return;
		note(json, commentOf(found.declaration));
		this.describe(json, found.value);
	}

	message(kind: 'request' | 'fact', name: string) {
		const property = this.#messages.get(`${kind} ${name}`);
		const call = property && bare(property.initializer);
		if (!call || !ts.isCallExpression(call)) throw new Error(`shared/ has no ${kind} ${name}`);
		return { summary: commentOf(property), schemas: [...call.arguments] };
	}

	/** Writes the comments on the keys of a schema into its JSON schema. */
	describe(json: Json | undefined, source: ts.Expression): void {
		if (!isObject(json) || '$ref' in json) return;
		const expression = bare(source);
		if (ts.isIdentifier(expression)) {
			const value = this.#locals.get(expression.getSourceFile())?.get(expression.text);
			if (value) this.describe(json, value);
			return;
		}
		if (!ts.isCallExpression(expression)) return;
		const [first, second] = expression.arguments;
		const method = ts.isPropertyAccessExpression(expression.expression)
			? expression.expression.name.text
			: '';
		if (!first) return;
		if (method === 'object') this.#describeKeys(json['properties'], first);
		else if (method === 'array') this.describe(json['items'], first);
		else if (method === 'nullable' && Array.isArray(json['anyOf']))
			this.describe(json['anyOf'][0], first);
		else if (method === 'optional' || method === 'pipe') this.describe(json, first);
		else if (method === 'variant' && second) this.#describeOptions(json, second);
		else if (method === 'union') this.#describeOptions(json, first);
	}

	#describeKeys(properties: Json | undefined, object: ts.Expression): void {
		const literal = bare(object);
		if (!isObject(properties) || !ts.isObjectLiteralExpression(literal)) return;
		for (const property of literal.properties) {
			if (!property.name) continue;
			const json = properties[property.name.getText().replaceAll(/^'|'$/g, '')];
			if (ts.isPropertyAssignment(property)) this.describe(json, property.initializer);
			note(json, commentOf(property));
		}
	}

	#describeOptions(json: JsonObject, list: ts.Expression): void {
		const options = json['anyOf'] ?? json['oneOf'];
		if (!Array.isArray(options) || !ts.isArrayLiteralExpression(list)) return;
		list.elements.forEach((element, index) => {
			note(options[index], commentOf(element));
			this.describe(options[index], element);
		});
	}

	#addMessages({ properties }: ts.ObjectLiteralExpression): void {
		for (const property of properties.filter(ts.isPropertyAssignment)) {
			const value = bare(property.initializer);
			if (!ts.isStringLiteral(property.name) || !ts.isCallExpression(value)) continue;
			this.#messages.set(`${value.expression.getText()} ${property.name.text}`, property);
		}
	}
}

/** An expression without `as const`. */
const bare = (expression: ts.Expression): ts.Expression =>
	ts.isAsExpression(expression) ? bare(expression.expression) : expression;

function note(json: Json | undefined, comment: string): void {
	if (isObject(json) && comment !== '' && !('$ref' in json)) json['description'] = comment;
}

/** The text of the doc comment before a node, in one line. */
function commentOf(node: ts.Node): string {
	const text = node.getSourceFile().text;
	const last = ts.getLeadingCommentRanges(text, node.getFullStart())?.at(-1);
	const comment = last ? text.slice(last.pos, last.end) : '';
	if (!comment.startsWith('/**')) return '';
	return comment
		.slice(3, -2)
		.replaceAll(/^\s*\* ?/gm, '')
		.replaceAll(/\s+/g, ' ')
		.trim();
}
