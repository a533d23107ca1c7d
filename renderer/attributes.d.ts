import type { AriaAttributes, InputHTMLAttributes } from 'vue'

/** Attributes that components hand on to their element, which `strictTemplates` does not know by itself. */
declare module 'vue' {
  interface ComponentCustomProps
    extends AriaAttributes, Pick<InputHTMLAttributes, 'autocapitalize' | 'inputmode' | 'tabindex'> {
    readonly role?: string | undefined
  }
}
