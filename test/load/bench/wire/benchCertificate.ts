import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from '../../measurement.ts';
import { Certificate } from '../../wire/mediaLeg.ts';

/** A certificate for the legs of a benchmark, whose folder goes with the measurement. @throws where there is no openssl. */
export function benchCertificate(measurement: Measurement): Promise<Certificate> {
	const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
	measurement.owns('the certificate', () => rmSync(folder, { recursive: true }));
	return Certificate.make(folder);
}
