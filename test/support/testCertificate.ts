import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A certificate for "localhost" in files. */
export class TestCertificate {
	/** The certificate itself (PEM). */
	readonly text: string;
	readonly files: { cert: string; key: string; both: string };
	readonly #folder: string;

	private constructor(text: string, key: string) {
		this.text = text;
		this.#folder = mkdtempSync(join(tmpdir(), 'parley-certificate-'));
		const file = (name: string, content: string) => {
			writeFileSync(join(this.#folder, name), content, { mode: 0o600 });
			return join(this.#folder, name);
		};
		this.files = {
			cert: file('cert.pem', text),
			key: file('key.pem', key),
			both: file('both.pem', `${text}\n${key}`),
		};
	}

	static async make(): Promise<TestCertificate> {
		const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
			...{ keyType: 'ec', curve: 'P-256' },
			extensions: [
				{ name: 'basicConstraints', cA: true },
				{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
			],
		});
		return new TestCertificate(cert, key);
	}

	close(): void {
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
