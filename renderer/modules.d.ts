declare module 'virtual:nuxt-ui-icons' {
  import type { IconifyIcon } from '@iconify/vue'

  /** Hands over every icon that the build found in the sources. */
  export function init(add: (name: string, data: IconifyIcon) => unknown): void
}

declare module 'virtual:contract-routes' {
  import type { AnyContractRouter } from '@orpc/contract'

  /** The contract without its schemas (vite.config.ts). */
  export const routes: AnyContractRouter
}

declare module 'virtual:setting-rules' {
  /** What the contract says of settings (vite.config.ts); `setting-rules.ts` has its type. */
  export const rules: unknown
}
