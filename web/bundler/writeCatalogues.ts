import { writeFile } from 'node:fs/promises';
import { extract } from './extraction.ts';

/** `npm run texts`: brings the catalogues to what the code says. Translations that still fit stay. */
await extract({ mode: 'cli', clean: true, save: (path, content) => writeFile(path, content) });
