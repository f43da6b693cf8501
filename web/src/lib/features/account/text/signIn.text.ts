import { errorMessages, type ErrorCode } from '#shared/errors.ts';

/** The problem of a sign-in at an identity provider; empty if there was none. @param code from the address */
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
