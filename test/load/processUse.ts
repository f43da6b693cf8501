import { readFileSync } from 'node:fs';

/** Clock ticks a second, as Linux tells them to programs. */
const ticks = 100;

/** What a process has used so far, by the numbers of Linux: CPU in ms, and memory now in MB. */
export function processUse(pid: number): { cpu: number; memory: number } {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	// The name stands in brackets and may hold anything; what follows is numbers.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	return {
		cpu: ((Number(fields[11]) + Number(fields[12])) * 1000) / ticks,
		memory: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
	};
}
