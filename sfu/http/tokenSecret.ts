import { createHash, randomBytes } from 'node:crypto';

/** Tells people and scanners of leaked secrets what it is. */
const prefix = 'parley_';

/** The secret of a personal access token: 256 random bits. */
export const newSecret = () => prefix + randomBytes(32).toString('base64url');

export const isSecret = (text: string) => /^parley_[A-Za-z0-9_-]{43}$/.test(text);

/** What is stored of it. So many random bits need no slow hash. */
export const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');
