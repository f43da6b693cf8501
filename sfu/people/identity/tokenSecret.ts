import { createHash, randomBytes } from 'node:crypto';

/** Identifies the secret for people and for scanners of leaked secrets. */
const prefix = 'parley_';

/** The secret of a personal access token: 256 random bits. */
export const newSecret = () => prefix + randomBytes(32).toString('base64url');

export const isSecret = (text: string) => /^parley_[A-Za-z0-9_-]{43}$/.test(text);

/** What is stored of a secret. 256 random bits need no slow hash. */
export const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');
