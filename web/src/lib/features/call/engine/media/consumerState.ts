/** The facts about a consumer that this client knows. */
export type ConsumerFacts = {
	/** The owner of its producer is in the room, or in the match, and has this producer. */
	present: boolean;
	/** The server built it before its owner joins (MEDIA-13). */
	announced: boolean;
	/** The tiles of the page want it. */
	wanted: boolean;
	/** The list of peers has come. Before, a consumer cannot be outdated. */
	listed: boolean;
};

/**
 * - `flowing`: it is kept, and its picture is shown as soon as the first arrives.
 * - `ready`: it is kept without a picture, for an owner who is about to join.
 * - `over`: it is closed.
 */
export type ConsumerState = 'flowing' | 'ready' | 'over';

/** Decides whether a consumer is kept: the one place in the client that does. The server decides whether packets flow. */
export function consumerState({
	present,
	announced,
	wanted,
	listed,
}: ConsumerFacts): ConsumerState {
	if (present) return wanted ? 'flowing' : 'over';
	if (announced) return 'ready';
	return listed ? 'over' : 'flowing';
}
