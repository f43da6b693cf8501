import { lanAddresses } from '../../media/worker/addresses.ts';
import type { Config } from '../../platform/config.ts';
import type { Log } from '../../platform/log.ts';
import { StartError } from '../../platform/startError.ts';
import { configuredCertificate, lanCertificate, type Certificate } from '../certificate.ts';
import { CertificateFiles } from '../certificateFiles.ts';
import type { AutomaticCertificate } from './automaticCertificate.ts';

/** The certificate that a service begins with, null for plain HTTP, and what brings the next ones, null where none come. */
type Certificates = {
	renewing: AutomaticCertificate | CertificateFiles | null;
	certificate: Certificate | null;
};

/**
 * The certificate of the service.
 *
 * @param lan whether it is one of its own for the local network.
 * @throws {StartError} where the settings do not go together, or the files cannot be used.
 */
export async function certificateFor(
	config: Config,
	lan: boolean,
	log: Log,
): Promise<Certificates> {
	const { http, data } = config;
	if (lan) return { renewing: null, certificate: await lanCertificate(data.dir, lanAddresses()) };
	if (http.acme.domains.length === 0) {
		const certificate = configuredCertificate(http, (words) => log.warn(words));
		const renewing = certificate && new CertificateFiles(http, certificate, log);
		return { renewing, certificate };
	}
	checkAcmeSettings(config);
	// What speaks to an authority is loaded only here.
	const { AutomaticCertificate } = await import('./automaticCertificate.ts');
	const renewing = await AutomaticCertificate.of(http, data.dir, log);
	return { renewing, certificate: renewing.current };
}

/** @throws {StartError} where other settings do not go with an automatic certificate. */
function checkAcmeSettings({ http, redis }: Pick<Config, 'http' | 'redis'>): void {
	if (http.certificate !== '' || http.key !== '')
		throw new StartError(
			'http.acme.domains and http.certificate are both set: leave one of them out.',
		);
	if (redis.url !== '')
		throw new StartError(
			'http.acme.domains is for a service on one machine, and redis.url makes this a node of several. Put the certificate into the load balancer in front, and leave http.acme out.',
		);
}
