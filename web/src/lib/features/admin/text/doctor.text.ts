import type { Examination, Finding } from '#shared/doctor.ts';
import { momentWords } from '#lib/language/dates.text.ts';

export function stateWords(state: Finding['state']): string {
	switch (state) {
		case 'ok':
			return 'All is well';
		case 'warning':
			return 'Warning';
		case 'failed':
			return 'Failed';
	}
}

/** How far an examination is, or when it was. */
export function examinationWords({ running, done, checks, finishedAt }: Examination): string {
	if (running) return `Checking… ${done} of ${checks}`;
	return finishedAt === null ? 'Not tried yet' : `Checked ${momentWords(finishedAt)}`;
}
