import { init } from 'virtual:nuxt-ui-icons'

import { addIcon } from './iconify.ts'

/** Makes the bundled icons known by the names that templates use: `i-lucide-check` without its `i-`. */
export function installIcons(): void {
  init((name, data) => addIcon(name.replace(':', '-'), data))
}
