/** Light or dark, as a person or the system wants it. */
export { THEME, THEMES, useTheme, useThemeChoice } from './theme.ts'
