/** What most people answer with, without looking for it. */
export const quickReactions = ['👍', '❤️', '😂', '🎉', '😮', '😢'] as const;
