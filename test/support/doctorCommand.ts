import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { finding, type Finding } from '../../shared/doctor.ts';
import { childEnvironment } from './childEnvironment.ts';

const program = fileURLToPath(new URL('../../sfu/doctor.ts', import.meta.url));

export type Diagnosis = { code: number; findings: Finding[] };

/** What `npm run doctor -- --json` finds, with these settings as environment variables. */
export async function diagnose(
	settings: Record<string, string>,
	...options: string[]
): Promise<Diagnosis> {
	const { code, text } = await runDoctor(settings, '--json', ...options);
	return { code, findings: v.parse(v.array(finding), JSON.parse(text)) };
}

/** The exit code and the output of `npm run doctor`. */
export async function runDoctor(
	settings: Record<string, string>,
	...options: string[]
): Promise<{ code: number; text: string }> {
	const env = { ...childEnvironment, ...settings };
	const asked = promisify(execFile)(process.execPath, [program, ...options], { env });
	return asked.then(
		({ stdout }) => ({ code: 0, text: stdout }),
		(error: { code: number; stdout: string; stderr: string }) => ({
			code: error.code,
			text: error.stdout || error.stderr,
		}),
	);
}

/** The findings of one check. */
export const found = ({ findings }: Diagnosis, check: string): Finding[] =>
	findings.filter((one) => one.check === check);
