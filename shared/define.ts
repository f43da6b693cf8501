import type { GenericSchema, InferInput, InferOutput } from 'valibot';

/** A message from the client that is always answered, with data or a coded error. */
export type RequestDefinition<In extends GenericSchema, Out extends GenericSchema> = {
	readonly input: In;
	readonly output: Out;
};

/** A message from the server that is not answered. */
export type FactDefinition<Data extends GenericSchema> = { readonly data: Data };

/** Defines a request by the schemas of its input and of its answer's data. */
export function request<In extends GenericSchema, Out extends GenericSchema>(
	input: In,
	output: Out,
): RequestDefinition<In, Out> {
	return { input, output };
}

/** Defines a fact by the schema of its data. */
export function fact<Data extends GenericSchema>(data: Data): FactDefinition<Data> {
	return { data };
}

type AnyRequest = RequestDefinition<GenericSchema, GenericSchema>;

/** What a client may send for a request. */
export type SentInput<R extends AnyRequest> = InferInput<R['input']>;
/** The parsed input that the server works with. */
export type ParsedInput<R extends AnyRequest> = InferOutput<R['input']>;
/** The data of a successful answer. */
export type AnswerData<R extends AnyRequest> = InferOutput<R['output']>;
/** The data of a fact. */
export type FactData<F extends FactDefinition<GenericSchema>> = InferOutput<F['data']>;
