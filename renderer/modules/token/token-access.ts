import type { Access } from '../../../core/contract/index.ts'

/** What a token can be given, the least first. `anyone` is nothing that could be given. */
export const TOKEN_ACCESS = [
  'view',
  'browse',
  'restore',
  'operate',
  'configure',
  'administer',
  'own',
] as const satisfies readonly Access[]
export type TokenAccess = (typeof TOKEN_ACCESS)[number]

/** Days after which a token ends; null: never. The longest that the appliance takes is ten years. */
export const TOKEN_DAYS = [30, 90, 365, 1095, null] as const

/** Chosen or not, in the order of the list. */
export function toggled(chosen: readonly TokenAccess[], access: TokenAccess, isChosen: boolean): TokenAccess[] {
  return TOKEN_ACCESS.filter((each) => (each === access ? isChosen : chosen.includes(each)))
}
