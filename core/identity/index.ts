/**
 * Identity says who somebody is and what he may reach.
 *
 * - **Stored password**: scrypt's digest of a password, in a form that names its cost.
 * - **Second factor**: codes of six digits that last for a **step** of 30 seconds (TOTP).
 * - **Secret**: random letters that are proof enough: of a session, a token, the first start. Only its **digest** is kept.
 * - **Throttle**: makes whoever fails to sign in wait.
 * - **Roots**: the folders that a user may reach, by their physical paths. Null: all but the system's.
 * - **System path**: what the computer or the appliance itself lives by. It takes an administrator.
 */
export {
  createPasswords,
  PASSWORD_COST,
  type PasswordCost,
  type Passwords,
  type PasswordsOptions,
  type Verified,
} from './password/passwords.ts'
export { makeTotp, type MadeTotp, verifyTotp } from './sign-in/totp.ts'
export { type Admission, createSignInThrottle, type SignInAttempt, type SignInThrottle } from './sign-in/throttle.ts'
export { digestSecret, isSecretOf, newSecret, type SecretPrefix } from './secret/secret.ts'
export type { OwnFolders, Reacher, Roots } from './reach/reacher.ts'
export { isSystemPath } from './reach/system-path.ts'
export { leadsTo, mayReach } from './reach/may-reach.ts'
export { assertSourceReach } from './reach/source-reach.ts'
export { physicalRoots } from './reach/physical-path.ts'
export { resolveTarget, type ResolveTargetOptions } from './reach/resolve-target.ts'
