import { lanAddresses } from '../../media/worker/addresses.ts';
import type { Config } from '../../platform/config.ts';
import type { Log } from '../../platform/log.ts';
import { StartError } from '../../platform/startError.ts';
import { configuredCertificate, lanCertificate, type Certificate } from '../certificate.ts';
import type { AutomaticCertificate } from './automaticCertificate.ts';

/**
 * The certificate that a service begins with, null for plain HTTP, and what renews it.
 *
 * @param lan whether it is one of its own for the local network.
 * @throws {StartError} where the settings do not go together, or the files cannot be used.
 */
export async function certificateFor(
	config: Config,
	lan: boolean,
	log: Log,
): Promise<{ automatic: AutomaticCertificate | null; certificate: Certificate | null }> {
	const { http, data } = config;
	if (lan) return { automatic: null, certificate: await lanCertificate(data.dir, lanAddresses()) };
	if (http.acme.domains.length === 0) {
		const certificate = configuredCertificate(http, (words) => log.warn(words));
		return { automatic: null, certificate };
	}
	checkAcmeSettings(config);
	// What speaks to an authority is loaded only here.
	const { AutomaticCertificate } = await import('./automaticCertificate.ts');
	const automatic = await AutomaticCertificate.of(http, data.dir, log);
	return { automatic, certificate: automatic.current };
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
