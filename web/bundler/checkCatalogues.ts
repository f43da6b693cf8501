import { relative } from 'node:path';
import { languages, sourceLanguage } from '../src/lib/language/languages.ts';
import { pluralFormsOf } from '../src/lib/language/pluralForms.ts';
import { extract, readCatalogues, webFolder } from './extraction.ts';
import { misfit } from './misfit.ts';

/* Part of `npm run check`: every text of the code has a translation that fits, and no translation is left over. */

const problems: string[] = [];

await extract({
	mode: 'cli',
	clean: true,
	save: (path) =>
		void problems.push(
			`${relative(webFolder, path)} is not what the code says: run npm run texts and translate what is new.`,
		),
});

for (const { translations, references } of (await readCatalogues()).items) {
	const source = translations.get(sourceLanguage) ?? [];
	for (const language of languages.filter((other) => other !== sourceLanguage)) {
		const problem = misfit(source, translations.get(language) ?? [], pluralFormsOf(language));
		if (problem === null) continue;
		problems.push(`${language}: “${source[0]}” (${references[0]?.file}) ${problem}.`);
	}
}

const { stdout, stderr } = process;
if (problems.length > 0) stderr.write(`${problems.join('\n')}\n`);
else stdout.write('Every text is translated.\n');
process.exitCode = problems.length > 0 ? 1 : 0;
