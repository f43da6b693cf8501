import type * as v from 'valibot';
import { accountRequests } from '#shared/account.ts';
import { askApi } from '#lib/http/api.ts';

type Name = keyof typeof accountRequests;
type Input<N extends Name> = v.InferInput<(typeof accountRequests)[N]['input']>;
type Output<N extends Name> = v.InferOutput<(typeof accountRequests)[N]['output']>;

/**
 * Asks the server about the person's account.
 *
 * @param name method and path
 * @throws a CodedError whose message people can read
 */
export function askAccount<N extends Name>(
	name: N,
	...[input]: object extends Input<N> ? [Input<N>?] : [Input<N>]
): Promise<Output<N>> {
	const [method = '', path = ''] = name.split(' ');
	const { output } = accountRequests[name];
	const body = method === 'GET' ? undefined : (input ?? {});
	// The compiler cannot follow that the entry of this name has this output.
	return askApi(output, method as 'GET' | 'POST' | 'PATCH', path, body) as Promise<Output<N>>;
}
