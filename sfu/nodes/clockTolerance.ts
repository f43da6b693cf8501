/** How far the clock of this machine may be from that of Redis, in ms: people are told times by every node. */
export const clockTolerance = 5_000;
