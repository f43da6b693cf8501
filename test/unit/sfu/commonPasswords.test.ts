import { expect, test } from 'vitest';
import { checkPassword } from '../../../sfu/people/identity/commonPasswords.ts';

test.each([
	['1234567890', 'ada'],
	['Qwertyuiop', 'ada'],
	['password123', 'ada'],
	['iloveyouiloveyou', 'ada'],
	['abcabcabcabc', 'ada'],
	['0000000000', 'ada'],
	['qwertyuiopqwertyuiop', 'ada'],
	['ada.lovelace1', 'Ada.Lovelace'],
])('%s of %s is tried first', async (password, userName) => {
	await expect(checkPassword(password, userName)).rejects.toMatchObject({ code: 'WEAK_PASSWORD' });
});

test.each([
	['correct horse battery', 'ada'],
	['ada likes long walks', 'ada'],
	['пароль из слов', 'ada'],
	['kX9$wq!2Lm', ''],
])('%s of %s is not', async (password, userName) => {
	await expect(checkPassword(password, userName)).resolves.toBeUndefined();
});
