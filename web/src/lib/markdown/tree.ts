/** Text inside a paragraph, as it is drawn. */
export type Inline =
	| { kind: 'text'; text: string }
	| { kind: 'break' }
	| { kind: 'code'; text: string }
	| { kind: 'strong'; children: Inline[] }
	| { kind: 'emphasis'; children: Inline[] }
	/** `href` is an address of a web page or of a mailbox, nothing else. */
	| { kind: 'link'; href: string; children: Inline[] }
	/** Somebody's name behind an @. */
	| { kind: 'mention'; text: string; you: boolean };

/** What a message's text consists of: all that there is of Markdown here. */
export type Block =
	| { kind: 'paragraph'; children: Inline[] }
	| { kind: 'code'; text: string; language: string | null }
	| { kind: 'quote'; children: Block[] }
	/** `start` counts the first item of an ordered list; null without an order. */
	| { kind: 'list'; start: number | null; items: Block[][] };
