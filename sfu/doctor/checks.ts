import type { Finding } from '#shared/doctor.ts';
import { failed, reasonOf, type Seen } from './findings.ts';
import { checkAddresses } from './addresses.ts';
import { checkCertificate } from './certificate.ts';
import { checkDescriptors, checkDisk, checkNode, checkReceiveBuffers } from './machine.ts';
import { checkFiles } from './files.ts';
import { checkMedia } from './media.ts';
import { checkPage } from './page.ts';
import { checkPort } from './port.ts';
import { checkRedis } from './redis.ts';
import { checkBackup, checkDatabase } from './store.ts';
import { checkTurn } from './turn.ts';
import type { Subject } from './subject.ts';

export type Check = {
	name: string;
	/** Rejects where the check itself fails. No finding where it does not apply. */
	look(subject: Subject): Seen[] | Promise<Seen[]>;
	/** Whether it is for the command beside the service, and not for the service itself. */
	commandOnly?: true;
};

/** How long one check may take, in ms. */
const checkTimeout = 30_000;

/** All checks, in the order in which they are shown. */
export const checks: readonly Check[] = [
	{ name: 'Node', look: checkNode },
	{ name: 'disk', look: checkDisk },
	{ name: 'file descriptors', look: checkDescriptors },
	{ name: 'receive buffers', look: checkReceiveBuffers },
	{ name: 'database', look: checkDatabase },
	{ name: 'backup', look: checkBackup },
	{ name: 'files', look: checkFiles },
	{ name: 'Redis', look: checkRedis },
	{ name: 'certificate', look: checkCertificate },
	{ name: 'HTTP port', look: checkPort, commandOnly: true },
	{ name: 'announced addresses', look: checkAddresses },
	{ name: 'media', look: checkMedia },
	{ name: 'TURN', look: checkTurn },
	{ name: 'page', look: checkPage, commandOnly: true },
];

/** Carries out one check. Never rejects. */
export async function carryOut({ name, look }: Check, subject: Subject): Promise<Finding[]> {
	const { promise, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(
		() => reject(new Error(`it took longer than ${checkTimeout / 1000} s`)),
		checkTimeout,
	);
	const seen = await Promise.race([(async () => look(subject))(), promise]).catch(
		(error: unknown) => [
			failed(`The check could not be carried out: ${reasonOf(error)}.`, 'Look into the log.'),
		],
	);
	clearTimeout(timer);
	return seen.map((one) => ({ check: name, ...one }));
}
