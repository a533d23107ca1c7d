import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import ui from '@nuxt/ui/vite'
import { minifyContractRouter } from '@orpc/contract'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'
import { toJSONSchema } from 'zod'

import { contract, SETTING_DEFAULTS, Settings } from '../core/contract/index.ts'

const at = (path: string): string => resolve(import.meta.dirname, path)

/**
 * `virtual:contract-routes` is the contract without its schemas: methods and paths, which is all that the client needs
 * at run time. The types come from the contract itself. So the browser does not load zod.
 */
function contractRoutes(): Plugin {
  const id = 'virtual:contract-routes'
  return {
    name: 'holdfast:contract-routes',
    resolveId: (wanted) => (wanted === id ? `\0${id}` : undefined),
    load: (wanted) =>
      wanted === `\0${id}` ? `export const routes = ${JSON.stringify(minifyContractRouter(contract))}` : undefined,
  }
}

/**
 * `virtual:setting-rules` is what the contract says of settings that are numbers: their limits, and of all of them the
 * defaults. Without the schemas, for the same reason.
 */
function settingRules(): Plugin {
  const id = 'virtual:setting-rules'
  const { properties = {} } = toJSONSchema(Settings)
  const limits = Object.fromEntries(
    Object.entries(properties).flatMap(([key, schema]) =>
      typeof schema === 'object' && schema.type === 'integer'
        ? [[key, { least: schema.minimum, most: schema.maximum }]]
        : [],
    ),
  )
  return {
    name: 'holdfast:setting-rules',
    resolveId: (wanted) => (wanted === id ? `\0${id}` : undefined),
    load: (wanted) =>
      wanted === `\0${id}`
        ? `export const rules = ${JSON.stringify({ limits, defaults: SETTING_DEFAULTS })}`
        : undefined,
  }
}

/** The icons that the sources name, as `i-lucide-check`. One that there is not ends the build. */
function namedIcons(): string[] {
  const sources = globSync('{app,modules,ui}/**/*.{ts,vue}', { cwd: at('.') }).map((path) =>
    readFileSync(at(path), 'utf8'),
  )
  return [
    ...new Set(sources.flatMap((source) => source.match(/(?<=')i-lucide-[a-z0-9-]+|(?<=")i-lucide-[a-z0-9-]+/g) ?? [])),
  ]
}

// What is built runs under `default-src 'self'`, without 'unsafe-inline' and without a nonce: DESIGN.md says how.
export default defineConfig({
  root: at('.'),
  base: '/',
  // What the plugin of Nuxt UI writes lies under `.generated`, which git ignores.
  cacheDir: at('.generated/vite'),
  plugins: [
    vue(),
    contractRoutes(),
    settingRules(),
    ui({
      root: at('.generated'),
      autoImport: false,
      components: { dts: at('.generated/components.d.ts') },
      colorMode: false,
      // Only icons in use are bundled, and none is ever fetched.
      icon: { clientBundle: { icons: namedIcons(), sizeLimitKb: 64 } },
      ui: {
        colors: { primary: 'blue', neutral: 'slate' },
        // As the theme has it (75 %), text on a button under the pointer is below the contrast that WCAG 1.4.3 asks.
        button: {
          compoundVariants: (['primary', 'error'] as const).map((color) => ({
            color,
            variant: 'solid' as const,
            class: `hover:bg-${color}/90 active:bg-${color}/90`,
          })),
        },
      },
    }),
  ],
  resolve: { alias: [{ find: /^@iconify\/vue$/, replacement: at('app/icons/iconify.ts') }] },
  define: {
    __VUE_OPTIONS_API__: 'true',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    outDir: at('../out/renderer'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // ECharts is one piece of 600 kB, and is loaded after everything else; what comes first has a test of its own.
    chunkSizeWarningLimit: 700,
    // The polyfill of preloading is a script of its own that every browser of the last years does without.
    modulePreload: { polyfill: false },
    // How long plugins take on a busy computer is no news for whoever starts Holdfast; other warnings stay.
    rolldownOptions: { input: { index: at('index.html') }, checks: { bundlerTimings: false } },
  },
})
