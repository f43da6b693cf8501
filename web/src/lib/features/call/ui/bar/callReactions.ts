/** What people say without words in a call, and what each is called for those who listen. */
export const callReactions = () => [
	{ emoji: '👍', name: 'Thumbs up' },
	{ emoji: '👏', name: 'Applause' },
	{ emoji: '❤️', name: 'Heart' },
	{ emoji: '😂', name: 'Laughter' },
	{ emoji: '🎉', name: 'Celebration' },
	{ emoji: '😮', name: 'Surprise' },
];
