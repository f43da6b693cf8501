/**
 * The version of the protocol in these files. A change that older pages cannot follow raises it by 1. Clients of
 * version 1 do not state their version.
 */
export const protocolVersion = 2;

/** The versions that a server speaks: its own and the one before (CONN-10). */
export const spokenVersions: readonly number[] = [protocolVersion, protocolVersion - 1];
