import type { HeuristicFunc, Message } from 'wuchale';

/** Elements whose content nobody reads as a sentence. */
const silentElements = new Set(['script', 'style', 'path', 'code', 'pre', 'svg']);

/** Attributes, and props of components, that say something to a person. */
const spokenAttributes = new Set([
	'title',
	'label',
	'alt',
	'placeholder',
	'content',
	'hint',
	'action',
	'aria-label',
	'aria-description',
	'aria-roledescription',
	'aria-valuetext',
]);

/** Calls whose arguments are for the machine: selectors, keys, media queries, names of events. */
const machineCalls =
	/(?:^|\.)(?:querySelector(?:All)?|closest|matches|matchMedia|includes|indexOf|split|join|replaceAll?|startsWith|endsWith|get|set|has|getItem|setItem|addEventListener|removeEventListener|request)$|^(?:console\.\w+|\$inspect|fetch|resolve|goto|turn)$/;

/** Names that the platform gives to keys, errors and interfaces. */
const platformNames =
	/^(?:Arrow(?:Up|Down|Left|Right)|Page(?:Up|Down)|Enter|Escape|Tab|Home|End|Backspace|Delete|Files|Notification|(?:[A-Z][a-z]+)+Error)$/;

/** A request to the server's HTTP interface. */
const httpRequest = /^(?:GET|POST|PUT|PATCH|DELETE) \//;

const word = /\p{L}{2}/u;
/** The one text without a word: a count of seconds. */
const seconds = '# s';
/** A length or a time as style sheets write it, alone or before something else. */
const measure = /^\d+(?:px|rem|em|%|m?s)\b/;
/** A word or sentence begins with a capital, a quotation mark, a count or something put in (`#`). */
const beginsLikeText = /^(?:\p{Lu}\p{Ll}|(?:\p{Lu}|[#“\d])\S*\s+\S)/u;

const isForMachines = (text: string) =>
	httpRequest.test(text) || platformNames.test(text) || measure.test(text);

/**
 * Whether a string in the code is for people to read, and so belongs in the catalogues.
 *
 * Text in markup always is. An attribute is by its name. A string in a script is when it begins
 * like a word or sentence; codes, classes and keys begin with a small letter. It has to stand in a
 * function then, because what is computed once when a file is loaded could not follow the language.
 */
export const readableText: HeuristicFunc = ({ msgStr, details }: Message) => {
	const text = msgStr.join('\n').trim();
	const { scope, element, attribute, call, file, funcName, declaring, insideProgram } = details;
	if (element !== undefined && silentElements.has(element)) return false;
	if (!word.test(text) && text !== seconds) return false;
	if (scope === 'markup') return 'message';
	// Of a form it is an address; of our components it says what a button does.
	if (element === 'form' && attribute === 'action') return false;
	if (attribute !== undefined) return spokenAttributes.has(attribute) ? 'message' : false;
	if (call !== undefined && machineCalls.test(call)) return false;
	if (isForMachines(text) || !beginsLikeText.test(text)) return false;
	const once = (funcName ?? null) === null && (insideProgram || !file.endsWith('.svelte'));
	return once && !(file.endsWith('.svelte') && declaring === 'variable') ? false : 'message';
};
