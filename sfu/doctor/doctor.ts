import { join } from 'node:path';
import type { Examination } from '#shared/doctor.ts';
import type { Config } from '../platform/config.ts';
import { carryOut, checks } from './checks.ts';
import type { Subject } from './subject.ts';

/** The checks that a service carries out on itself. That its port is held and its page is reached it knows. */
const ownChecks = checks.filter(({ commandOnly }) => !commandOnly);

/** Examines the running service for its administrators, once at a time. */
export class Doctor {
	readonly #subject: Subject;
	#examination: Examination = {
		running: false,
		findings: [],
		done: 0,
		checks: ownChecks.length,
		finishedAt: null,
	};

	/** @param mediaPaths as of the subject. */
	constructor(config: Config, mediaPaths: Subject['mediaPaths']) {
		this.#subject = {
			config,
			pid: process.pid,
			page: null,
			backups: join(config.data.dir, 'backups'),
			mediaPaths,
		};
	}

	/** What the last examination found, or the one that runs has found so far. */
	get examination(): Examination {
		return this.#examination;
	}

	/** Begins an examination, unless one runs. */
	start(): void {
		if (this.#examination.running) return;
		this.#examination = {
			running: true,
			findings: [],
			done: 0,
			checks: ownChecks.length,
			finishedAt: null,
		};
		void this.#run();
	}

	/** Never rejects. */
	async #run(): Promise<void> {
		for (const check of ownChecks) {
			const found = await carryOut(check, this.#subject);
			const { findings, done } = this.#examination;
			this.#examination = {
				...this.#examination,
				findings: [...findings, ...found],
				done: done + 1,
			};
		}
		this.#examination = { ...this.#examination, running: false, finishedAt: Date.now() };
	}
}
