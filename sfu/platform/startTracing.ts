import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { tracingTimes, untraced, type Tracing } from './tracing.ts';

/** Traces if an endpoint is configured. Only then OpenTelemetry is loaded. */
export async function startTracing(
	settings: Config['tracing'],
	log: Log,
	times = tracingTimes,
): Promise<Tracing> {
	if (settings.endpoint === '') return untraced;
	const { OpenTelemetry } = await import('./openTelemetry.ts');
	return new OpenTelemetry(settings, log, times);
}
