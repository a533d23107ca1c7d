/**
 * The variables of a program that waits so many milliseconds before each file that its storage opens, renames or removes, as
 * on a slow share: what is over in a moment otherwise can be met at work. With `part` it does so only where that is in the
 * path.
 */
export function slowFiles(milliseconds: number, part = ''): { readonly NODE_OPTIONS: string } {
  const script = `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    for (const call of ['open', 'rename', 'unlink']) {
      const real = fs[call]
      fs[call] = (path, ...rest) => String(path).includes('${part}')
        ? void setTimeout(() => real(path, ...rest), ${milliseconds})
        : real(path, ...rest)
    }
    syncBuiltinESMExports()`
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` }
}
