import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take the longest, longest first, as the summary of a run shows. */
const slow = [
	'integration/benchmarks',
	'integration/chatCrash',
	'integration/callTrouble',
	'integration/loadTool',
	'integration/processLife',
	'integration/httpBounds',
	'integration/socketBounds',
	'integration/filesHostile',
	'integration/networkPace',
	'integration/identity',
	'integration/start',
	'integration/matchStorm',
	'integration/hostKept',
	'integration/adminCommand',
	'cluster/nodeLease',
	'cluster/owners',
	'networks/addresses',
	'hostile/soak',
	'contract/ownership',
	'contract/starting',
	'contract/durability',
	'contract/backup',
	'contract/random',
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
