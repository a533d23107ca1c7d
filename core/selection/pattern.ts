import { posix } from 'node:path'

import type { ByteString } from '../file-system/index.ts'
import { ANY_COMPONENT, compileComponent, type Component } from './component.ts'

/**
 * A pattern for paths, as restic's `--exclude` and `--include` take it.
 *
 * Its components stand for consecutive components of the path: from the first one when the pattern begins with `/`,
 * else anywhere. It fits as soon as it fits the path or a folder above, so a fitting folder takes all below along.
 * `**` stands for any number of components, none included. With `!` in front it takes back what patterns before it did.
 */
export interface Pattern {
  readonly isNegated: boolean
  readonly isRooted: boolean
  /** `gap` is `**`. The `/` of a rooted pattern is the first component. */
  readonly components: readonly (Component | 'gap')[]
}

const ROOT: Component = { literal: '/', test: (name) => name === '/' }

/** Fails with `input/invalid` when the pattern is malformed. */
export function compilePattern(text: ByteString): Pattern {
  const isNegated = text.startsWith('!')
  // As Go's filepath.Clean, which has no trailing slash.
  const cleaned = posix.normalize(isNegated ? text.slice(1) : text).replace(/(?<=.)\/$/, '')
  const components = splitPath(cleaned).map((part, index) => {
    if (part === '**') return 'gap'
    return index === 0 && part === '/' ? ROOT : compileComponent(part)
  })
  return { isNegated, isRooted: components[0] === ROOT, components }
}

/** The components of a path; those of an absolute one begin with `/`. */
export function splitPath(path: ByteString): ByteString[] {
  const parts = path.split('/')
  if (parts[0] === '') parts[0] = '/'
  if (path === '/') parts.length = 1
  return parts
}

/** Whether the pattern, regardless of its `!`, fits a path of these components. */
export function fits(pattern: Pattern, path: readonly ByteString[]): boolean {
  for (const components of withoutGaps(pattern.components, path.length)) {
    if (fitsAnywhere(components, path)) return true
  }
  return false
}

/**
 * Whether something below the folder with these components may fit. Of a pattern that is not rooted that is never
 * known to be false; of a rooted one the beginning, up to the first `**`, decides.
 */
export function mayFitBelow(pattern: Pattern, folder: readonly ByteString[]): boolean {
  if (!pattern.isRooted) return true
  const gap = pattern.components.indexOf('gap')
  const path = gap >= 0 && folder.length >= gap ? folder.slice(0, gap) : folder
  const beginning = { ...pattern, components: pattern.components.slice(0, path.length) }
  return fits(beginning, path)
}

/**
 * The pattern written out without `**`: once for each number of components that a path of `length` can give it.
 *
 * As in restic, the first `**` never becomes so long that the whole, with every later `**` counted as one component,
 * would be longer than the path. A pattern with several of them therefore fits a little less than one would think
 * (one that ends in one, after another, may fit all that is below a folder and not the folder). Holdfast decides alike.
 */
export function* withoutGaps(components: readonly (Component | 'gap')[], length: number): Generator<Component[]> {
  const gap = components.indexOf('gap')
  if (gap < 0) {
    yield components as Component[]
    return
  }
  const before = components.slice(0, gap)
  const after = components.slice(gap + 1)
  for (let count = 0; count <= length - components.length + 1; count++) {
    const filling = Array.from({ length: count }, () => ANY_COMPONENT)
    yield* withoutGaps([...before, ...filling, ...after], length)
  }
}

function fitsAnywhere(components: readonly Component[], path: readonly ByteString[]): boolean {
  if (components.length === 0) return false
  const last = path.length - components.length
  if (components[0] === ROOT) return last >= 0 && fitsAt(components, path, 0)
  // Only a rooted pattern has something for the `/` of an absolute path.
  for (let offset = last; offset >= (path[0] === '/' ? 1 : 0); offset--) {
    if (fitsAt(components, path, offset)) return true
  }
  return false
}

function fitsAt(components: readonly Component[], path: readonly ByteString[], offset: number): boolean {
  // From the end, which differs more often.
  for (let index = components.length - 1; index >= 0; index--) {
    if (!components[index]?.test(path[offset + index] ?? '')) return false
  }
  return true
}
