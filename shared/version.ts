/**
 * The version of the protocol that these files describe. A change that older pages cannot follow raises it by 1. Version 1 was
 * spoken before clients told theirs.
 */
export const protocolVersion = 2;

/** The versions that a server speaks: its own and the one before (R170). */
export const spokenVersions: readonly number[] = [protocolVersion, protocolVersion - 1];
