import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Messages } from './en/messages.ts'

type Leaves<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${P}${K}` : Leaves<T[K], `${P}${K}.`>
}[keyof T & string]

/** The name of a text: `run.state.failed`. One that there is not does not compile. */
export type MessageKey = Leaves<Messages>

/** `n` chooses between the singular and the plural, which `|` parts. */
export type MessageValues = Readonly<Record<string, string | number>> & { readonly n?: number }

export interface Text {
  readonly t: (key: MessageKey, values?: MessageValues) => string
  /** The text of a code that the appliance gave, where there is one: the appliance may be newer than this page. */
  readonly known: (group: string, code: string, values?: MessageValues) => string | undefined
  readonly language: ComputedRef<string>
}

/** Texts in the language of the person who looks. */
export function useText(): Text {
  const i18n = useI18n({ useScope: 'global' })
  const say = (key: string, values: MessageValues = {}): string =>
    values.n === undefined ? i18n.t(key, { ...values }) : i18n.t(key, { ...values }, values.n)
  return {
    t: say,
    known: (group, code, values) => (i18n.te(`${group}.${code}`) ? say(`${group}.${code}`, values) : undefined),
    language: computed(() => i18n.locale.value),
  }
}
