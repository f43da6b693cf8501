/** From this level on a microphone is taken for speech, in dBov: a quiet voice, not the noise of a room. */
export const loudFrom = -50;
