import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { configuredCertificate } from '../http/certificate.ts';
import type { Subject } from './subject.ts';
import { failed, ok, unstartable, warning, type Seen } from './findings.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** How many days before its end a certificate is worth a warning. */
const soon = 14;

const isFor = (certificate: X509Certificate, host: string): boolean =>
	(isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined;

/** @param host under which the pages are opened; null where it is not known. */
export function judgeCertificate(pem: string, now: number, host: string | null): Seen {
	const certificate = new X509Certificate(pem);
	const names = certificate.subjectAltName ?? 'no host names';
	const until = certificate.validToDate;
	const days = Math.floor((until.getTime() - now) / dayMs);
	const date = until.toISOString().slice(0, 10);
	const renew = 'Renew the certificate in http.certificate, and restart the service.';
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

export function checkCertificate({ config: { http }, page }: Subject): Seen[] {
	try {
		const pair = configuredCertificate(http);
		// Behind a proxy the certificate is the proxy's, which a look at the page checks.
		const host =
			Number(http.trustProxy) === 0 ? (page?.hostname.replaceAll(/[[\]]/g, '') ?? null) : null;
		return pair ? [judgeCertificate(pair.cert, Date.now(), host)] : [];
	} catch (error) {
		return [unstartable(error, 'Check http.certificate and http.key.')];
	}
}
