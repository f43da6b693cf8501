import { generate } from 'selfsigned';
import { expect, test } from 'vitest';
import { renewalAfter } from '../../../sfu/http/acme/automaticCertificate.ts';

const day = 86_400_000;

test.each([
	['90 days', 90, 30],
	['6 days', 6, 2],
	['a year', 365, 30],
])(
	'a certificate of %s is renewed in time, and not by all at once',
	async (_text, days, before) => {
		const end = Math.floor(Date.now() / 1000) * 1000 + days * day;
		const { cert } = await generate([{ name: 'commonName', value: 'meet.example.org' }], {
			...{ keyType: 'ec', curve: 'P-256' },
			notBeforeDate: new Date(end - days * day),
			notAfterDate: new Date(end),
		});
		const left = Array.from({ length: 20 }, () => (end - renewalAfter(cert)) / day);
		expect(Math.min(...left)).toBeGreaterThanOrEqual(before);
		expect(Math.max(...left)).toBeLessThanOrEqual(before * 1.04);
		expect(new Set(left).size).toBeGreaterThan(1);
	},
);
