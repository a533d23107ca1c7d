import { basename, join } from 'node:path'

import { build } from 'rolldown'
import { loadConfig } from 'rolldown/config'

const HOME = join(import.meta.dirname, '../..')

/** Bundles a process of a bench as the product is built, so that its start is what the product's would be. Its path. */
export async function builtProcess(source: string): Promise<string> {
  const config = await loadConfig(join(HOME, 'rolldown.config.ts'))
  if (typeof config === 'function' || Array.isArray(config)) throw new Error('the product is built in another way')
  const { output, ...input } = config
  if (output === undefined || Array.isArray(output)) throw new Error('the product is built in another way')
  const name = basename(source, '.ts')
  const dir = join(HOME, 'out/bench')
  await build({ ...input, input: { [name]: source }, plugins: [], output: { ...output, dir, cleanDir: false } })
  return join(dir, `${name}.mjs`)
}
