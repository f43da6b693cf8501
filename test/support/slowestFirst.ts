import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take the longest, longest first, as the summary of a run shows. */
const slow = [
	'integration/chatCrash',
	'integration/callTrouble',
	'integration/processLife',
	'integration/socketBounds',
	'integration/signInStorms',
	'integration/matchStorm',
	'integration/start',
	'integration/identity',
	'integration/adminCommand',
	'cluster/owners',
	'hostile/soak',
	'contract/durability',
	'contract/starting',
	'contract/ownership',
	'contract/backup',
];

/**
 * Begins with the slow files, so that no worker is left with one at the end. The order does not depend on what an
 * earlier run on this machine took, so a failure that depends on it comes again.
 */
export class SlowestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const place = ({ moduleId }: TestSpecification): number => {
			const index = slow.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
			return index < 0 ? slow.length : index;
		};
		return files.toSorted((a, b) => place(a) - place(b) || (a.moduleId < b.moduleId ? -1 : 1));
	}
}
