/**
 * The texts of the console, by languages and nouns.
 *
 * - **Message**: a text with a name and places for values. What the appliance says comes in English, and is shown as it is,
 *   unless it comes with a code that there is a message for.
 */
export { chooseLanguage, type I18n, type Language, LANGUAGES, openI18n, speak } from './i18n.ts'
export { type MessageKey, type Text, useText } from './use-text.ts'
