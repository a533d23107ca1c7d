// Nuxt UI's icons come from `@iconify/vue`, which asks a server of others for icons that it does not have. This takes its
// place (vite.config.ts): the variant that has no network. An icon that is not bundled is left out, and nothing is asked.
export { addIcon, Icon } from '@iconify/vue/offline'

/** Every icon there is was bundled: there is nothing to wait for. */
export function iconLoaded(): boolean {
  return true
}
