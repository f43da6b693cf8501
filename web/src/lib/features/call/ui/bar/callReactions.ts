/** The reactions in a call, each with its name for screen readers. */
export const callReactions = () => [
	{ emoji: '👍', name: 'Thumbs up' },
	{ emoji: '👏', name: 'Applause' },
	{ emoji: '❤️', name: 'Heart' },
	{ emoji: '😂', name: 'Laughter' },
	{ emoji: '🎉', name: 'Celebration' },
	{ emoji: '😮', name: 'Surprise' },
];
