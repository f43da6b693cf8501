/** How many lines there are. */
export const lineCount = 10;

/** What simulated people write in the chat: each line tells something about the interface. */
export function demoLine(line: number): string {
	switch (line) {
		case 0:
			return 'Welcome! Everybody here is simulated, and nothing leaves your browser.';
		case 1:
			return 'Press P for the list of people, H to raise your hand, and ? to see all keys.';
		case 2:
			return 'The menu with the three dots lets you choose a grid, the speaker, or a sidebar.';
		case 3:
			return 'The pin on a tile keeps it large, whoever speaks.';
		case 4:
			return 'Let somebody share a screen with the bar above: it takes the stage.';
		case 5:
			return 'You are a host here: everybody in the list of people has a menu.';
		case 6:
			return 'Every message can be answered, and gets an emoji, from the buttons beside it.';
		case 7:
			return 'Text may be **bold**, *slanted* or `code`.';
		case 8:
			return 'Turn your camera off and on again to see yourself. The picture stays in this browser.';
		default:
			return 'With ?people=25 at the end of the address there are more of us, and with ?seed=2 all goes differently.';
	}
}

/** What a simulated person answers to a message for them alone. */
export function privateAnswer(): string {
	return 'I am simulated, so this is all I can say. What a person answers here, only the two of you see.';
}
