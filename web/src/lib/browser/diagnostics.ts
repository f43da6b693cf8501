/** A line about something that the page did or decided. */
export type DiagnosticLine = {
	/** In ms since 1970. */
	at: number;
	area: 'connection' | 'media' | 'devices' | 'match' | 'page';
	what: string;
	about?: Record<string, string | number | boolean | null>;
};

const maxLines = 500;
const lines: DiagnosticLine[] = [];

/**
 * Keeps a line for "Copy diagnostics". The newest 500 lines are kept, in memory alone.
 *
 * @param about ids, states and figures. Never names, message text, tokens or addresses.
 */
export function note(
	area: DiagnosticLine['area'],
	what: string,
	about?: DiagnosticLine['about'],
): void {
	lines.push({ at: Date.now(), area, what, ...(about && { about }) });
	if (lines.length > maxLines) lines.shift();
}

/** The kept lines, the oldest first. */
export const diagnostics = (): readonly DiagnosticLine[] => lines;
