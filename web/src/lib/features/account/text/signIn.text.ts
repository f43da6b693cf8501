import { errorMessages, type ErrorCode } from '#shared/errors.ts';

/** What came of a sign-in elsewhere, in words; empty where nothing went wrong. @param code from the address */
export function signInProblem(code: string | null): string {
	switch (code) {
		case null:
			return '';
		case 'SIGN_IN_EXPIRED':
		case 'SIGN_IN_FAILED':
		case 'SUSPENDED':
			return errorMessages()[code satisfies ErrorCode];
		case 'UNAVAILABLE':
			return "Can't reach your sign-in service right now. Try again later.";
		default:
			return errorMessages().SIGN_IN_FAILED;
	}
}
