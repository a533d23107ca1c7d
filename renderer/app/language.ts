/** Where this browser keeps the language that was chosen. */
export const LANGUAGE_KEY = 'holdfast.language'
