import { createServer } from 'node:http';
import { listen } from '../platform/listen.ts';
import type { Subject } from './subject.ts';
import { failed, ok, unstartable, warning, type Seen } from './findings.ts';
import { askLocally } from './localService.ts';

/** Looks whether the HTTP port is free, or held by the service. */
export async function checkPort({ config: { http }, pid }: Subject): Promise<Seen[]> {
	if (pid !== null) {
		const ready = await askLocally(http, '/readyz');
		const held = `Process ${pid}, the service, holds port ${http.port}`;
		return [
			ready.status === 200
				? ok(`${held} and can take calls.`)
				: warning(
						`${held} and takes no calls: ${ready.text.trim()}`,
						'Wait until the service is up again, or look into its log.',
					),
		];
	}
	const server = createServer();
	try {
		const port = await listen(server, http, 'http');
		return [ok(`No service runs, and port ${port} is free.`)];
	} catch (error) {
		const other = await askLocally(http, '/healthz').catch(() => null);
		if (other?.text !== 'ok\n')
			return [unstartable(error, 'Set http.port and http.address to what this machine has.')];
		return [
			failed(
				`Port ${http.port} is held by a Parley that this configuration does not belong to.`,
				"Name that one's configuration with --config and run the doctor as its user, or set http.port to another one.",
			),
		];
	} finally {
		server.close();
	}
}
