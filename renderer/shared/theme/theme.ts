import { inject, type InjectionKey, onScopeDispose, type Ref, ref, watch } from 'vue'

export const THEMES = ['light', 'dark', 'system'] as const
export type Theme = (typeof THEMES)[number]

export interface ThemeChoice {
  readonly choice: Ref<Theme>
  readonly isDark: Readonly<Ref<boolean>>
}

export const THEME: InjectionKey<ThemeChoice> = Symbol('theme')

const KEY = 'holdfast.theme'

/**
 * Light, dark, or what the system says. Kept in this browser. (Nuxt UI's own switch would write a style element, which
 * the content security policy forbids.)
 */
export function useTheme(): ThemeChoice {
  const stored = localStorage.getItem(KEY)
  const choice = ref<Theme>(THEMES.find((theme) => theme === stored) ?? 'system')
  const isDark = ref(false)
  const system = matchMedia('(prefers-color-scheme: dark)')

  function apply(): void {
    isDark.value = choice.value === 'dark' || (choice.value === 'system' && system.matches)
    document.documentElement.classList.toggle('dark', isDark.value)
    document.documentElement.style.colorScheme = isDark.value ? 'dark' : 'light'
  }

  watch(
    choice,
    (theme) => {
      localStorage.setItem(KEY, theme)
      apply()
    },
    { immediate: true },
  )
  system.addEventListener('change', apply)
  onScopeDispose(() => system.removeEventListener('change', apply))
  return { choice, isDark }
}

export function useThemeChoice(): ThemeChoice {
  const theme = inject(THEME)
  if (theme === undefined) throw new Error('No theme was provided.')
  return theme
}
