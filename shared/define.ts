import type { GenericSchema, InferInput, InferOutput } from 'valibot';

/** A message that goes up and is always answered, with data or a coded error. */
export type RequestDefinition<In extends GenericSchema, Out extends GenericSchema> = {
	readonly input: In;
	readonly output: Out;
};

/** A message that comes down once and is not answered. */
export type FactDefinition<Data extends GenericSchema> = { readonly data: Data };

/** Defines a request by the schema of what is asked and of what a good answer holds. */
export function request<In extends GenericSchema, Out extends GenericSchema>(
	input: In,
	output: Out,
): RequestDefinition<In, Out> {
	return { input, output };
}

/** Defines a fact by the schema of what is told. */
export function fact<Data extends GenericSchema>(data: Data): FactDefinition<Data> {
	return { data };
}

type AnyRequest = RequestDefinition<GenericSchema, GenericSchema>;

/** What a client may send for a request. */
export type SentInput<R extends AnyRequest> = InferInput<R['input']>;
/** What the server works with once the request was parsed. */
export type ParsedInput<R extends AnyRequest> = InferOutput<R['input']>;
/** The data of a good answer. */
export type AnswerData<R extends AnyRequest> = InferOutput<R['output']>;
/** What a fact tells. */
export type FactData<F extends FactDefinition<GenericSchema>> = InferOutput<F['data']>;
