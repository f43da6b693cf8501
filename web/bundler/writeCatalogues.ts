import { writeFile } from 'node:fs/promises';
import { beginCatalogues, extract } from './extraction.ts';

/** `npm run texts`: brings the catalogues to what the code says. Translations that still fit stay. */
const save = (path: string, content: string) => writeFile(path, content);
await extract({ mode: 'cli', clean: true, save });
await beginCatalogues(save);
