import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { AcmeFiles } from '../http/acme/acmeFiles.ts';
import { configuredCertificate } from '../http/certificate.ts';
import type { Subject } from './subject.ts';
import { failed, ok, unstartable, warning, type Seen } from './findings.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** How many days before its end a certificate is worth a warning. */
const soon = 14;

/** What to do where a certificate is not valid for long. */
const renewInFile = 'Renew the certificate in http.certificate. The service loads it by itself.';
const renewByService =
	'See that the service runs, that the names of http.acme.domains lead to this machine, and port 80 of it to http.acme.port.';

const isFor = (certificate: X509Certificate, host: string): boolean =>
	(isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined;

/**
 * @param host under which the pages are opened; null where it is not known.
 * @param renew what to do where it is not valid for long.
 */
export function judgeCertificate(
	pem: string,
	now: number,
	host: string | null,
	renew = renewInFile,
): Seen {
	const certificate = new X509Certificate(pem);
	const names = certificate.subjectAltName ?? 'no host names';
	const until = certificate.validToDate;
	const days = Math.floor((until.getTime() - now) / dayMs);
	const date = until.toISOString().slice(0, 10);
	if (until.getTime() <= now) return failed(`The certificate ended on ${date}.`, renew);
	if (certificate.validFromDate.getTime() > now)
		return failed(
			`The certificate begins on ${certificate.validFromDate.toISOString().slice(0, 10)}.`,
			"Set this machine's clock, or use a certificate in http.certificate that is valid now.",
		);
	if (host !== null && !isFor(certificate, host))
		return failed(
			`The certificate is for ${names}, and the page is at ${host}.`,
			`Put a certificate for ${host} into http.certificate.`,
		);
	if (days < soon) return warning(`The certificate ends on ${date}, in ${days} days.`, renew);
	return ok(`The certificate fits its key, is for ${names} and ends on ${date}.`);
}

/** What became of the certificate that the service gets by itself. */
function checkAutomatic({ http: { acme }, data }: Subject['config'], host: string | null): Seen[] {
	const files = new AcmeFiles(data.dir);
	const pair = files.certificate(acme.domains);
	const { failure } = files;
	const seen = pair ? [judgeCertificate(pair.cert, Date.now(), host, renewByService)] : [];
	if (failure) {
		const when = new Date(failure.at).toISOString().slice(0, 16).replace('T', ' ');
		const problem = `The authority gave no certificate on ${when} UTC: ${failure.reason}`;
		return [...seen, (pair ? warning : failed)(problem, renewByService)];
	}
	if (pair) return seen;
	return [warning('There is no certificate yet.', 'Start the service: it asks for one by itself.')];
}

export function checkCertificate({ config, page }: Subject): Seen[] {
	const { http } = config;
	try {
		// Behind a proxy the certificate is the proxy's, which a look at the page checks.
		const host =
			Number(http.trustProxy) === 0 ? (page?.hostname.replaceAll(/[[\]]/g, '') ?? null) : null;
		if (http.acme.domains.length > 0) return checkAutomatic(config, host);
		const pair = configuredCertificate(http);
		return pair ? [judgeCertificate(pair.cert, Date.now(), host)] : [];
	} catch (error) {
		return [unstartable(error, 'Check http.certificate and http.key.')];
	}
}
