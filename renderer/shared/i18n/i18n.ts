import { createI18n } from 'vue-i18n'

import type { Messages } from './en/messages.ts'

/** Languages that the console speaks. A further one is a folder beside `en`, and a line in two tables here. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES

const LOADERS: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: async () => (await import('./en/messages.ts')).messages,
  de: async () => (await import('./de/messages.ts')).messages,
}

export type I18n = ReturnType<typeof openI18n>

const NONE: Record<string, Messages> = {}

/** The languages, of which none is loaded yet: `speak` loads one. */
export function openI18n() {
  return createI18n({
    legacy: false,
    locale: 'en',
    fallbackLocale: false,
    missingWarn: true,
    warnHtmlMessage: true,
    messages: NONE,
  })
}

/** Loads a language where it is not loaded yet, and speaks it from now on. */
export async function speak(i18n: I18n, language: Language): Promise<void> {
  if (!i18n.global.availableLocales.includes(language)) {
    i18n.global.setLocaleMessage(language, await LOADERS[language]())
  }
  i18n.global.locale.value = language
  document.documentElement.lang = language
}

/** What a person chose, or else the first language of the browser that there is, or else English. */
export function chooseLanguage(chosen: string | null, preferred: readonly string[]): Language {
  const wanted = [chosen ?? '', ...preferred].map((tag) => tag.slice(0, 2).toLowerCase())
  return wanted.find((tag): tag is Language => Object.hasOwn(LANGUAGES, tag)) ?? 'en'
}
