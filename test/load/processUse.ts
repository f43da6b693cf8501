import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second, as Linux tells them to programs. */
const ticks = 100;

/** The CPU time in a file of Linux about a process or a thread, in ms. */
function cpuIn(file: string): number {
	const stat = readFileSync(file, 'utf8');
	// The name stands in brackets and may hold anything; what follows is numbers.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticks;
}

/** What a process has used so far, by the numbers of Linux: CPU in ms, of all threads and of the main one, and memory now in MB. */
export function processUse(pid: number): { cpu: number; main: number; memory: number } {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	return {
		cpu: cpuIn(`/proc/${pid}/stat`),
		main: cpuIn(`/proc/${pid}/task/${pid}/stat`),
		memory: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
	};
}

/** The CPU time that the threads of a process have used so far, in ms, to the microsecond. Threads that ended are missing. */
export function preciseCpu(pid: number): number {
	const folder = `/proc/${pid}/task`;
	return readdirSync(folder).reduce((sum, thread) => {
		const [nanoseconds] = readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ');
		return sum + Number(nanoseconds) / 1e6;
	}, 0);
}
