import type { MediaPath } from '#shared/doctor.ts';
import type { Config } from '../platform/config.ts';

/** What the doctor looks at. */
export type Subject = {
	config: Config;
	/** The process of the service; null while none runs. */
	pid: number | null;
	/** The address of the pages, as people open them; null where it is not known. */
	page: URL | null;
	/** Folder of the backups. */
	backups: string;
	/**
	 * Tries the media ports at the addresses that browsers are told.
	 *
	 * @throws {StartError} where media cannot be received at all.
	 */
	mediaPaths(): Promise<MediaPath[]>;
};
