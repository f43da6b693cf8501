/** How many lines there are. */
export const lineCount = 10;

/** The messages of simulated people: each explains a part of the interface. */
export function demoLine(line: number): string {
	switch (line) {
		case 0:
			return 'Welcome! Everyone here is simulated, and nothing leaves your browser.';
		case 1:
			return 'Press P for the people list, H to raise your hand, and ? to see all shortcuts.';
		case 2:
			return 'The three-dot menu has the layouts: grid, speaker or sidebar.';
		case 3:
			return "Pin a tile to keep it large, no matter who's talking.";
		case 4:
			return 'Use the bar above to start a screen share: it takes the stage.';
		case 5:
			return "You're a host here: everyone in the people list has a menu.";
		case 6:
			return 'You can reply or react to any message with the buttons next to it.';
		case 7:
			return 'Text may be **bold**, *italic* or `code`.';
		case 8:
			return 'Turn your camera off and on again to see yourself. The video never leaves this browser.';
		default:
			return 'Add ?people=25 to the address for more of us, or ?seed=2 for a different run.';
	}
}

/** The answer of a simulated person to a private message. */
export function privateAnswer(): string {
	return "I'm simulated, so this is all I can say. With a real person, only the two of you would see this chat.";
}
