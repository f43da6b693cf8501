import { dirname } from 'node:path';
import { build } from 'vite';

/** A script for pages, with all that it imports, built as that of a service is: minified, for the browsers of today. */
export async function pageScript(entry: string): Promise<string> {
	const built = await build({
		configFile: false,
		logLevel: 'error',
		root: dirname(entry),
		build: {
			write: false,
			target: 'es2022',
			lib: { entry, formats: ['iife'], name: 'script' },
		},
	});
	const [output] = [built].flat();
	const chunk = output && 'output' in output ? output.output[0] : undefined;
	if (!chunk || !('code' in chunk)) throw new Error(`${entry} was not built`);
	return chunk.code;
}
