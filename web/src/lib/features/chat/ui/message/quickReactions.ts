/** The reactions that most people use, offered without the picker. */
export const quickReactions = ['👍', '❤️', '😂', '🎉', '😮', '😢'] as const;
