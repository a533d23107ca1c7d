/** Names that say it wherever they stand in a longer one: `mailPassword`, `x-auth-token`, `SESSION_SECRET`. */
const TELLING =
  /passw|passphrase|secret|token|totp|authori[sz]ation|cookie|credential|apikey|privatekey|accesskey|recoverykey/
/** Those that other words contain: only as a word of their own. `current` and `next` are passwords that change. */
const WORDS: ReadonlySet<string> = new Set('key keys otp pin pwd pass auth jwt session current next'.split(' '))

/**
 * Whether a member of this name may hold a secret. Rather once too often: what the audit leaves out can be found elsewhere,
 * and a password that it shows cannot be taken back.
 */
export function isSecretName(name: string): boolean {
  const words = name
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
  return TELLING.test(words.join('')) || words.some((word) => WORDS.has(word))
}
