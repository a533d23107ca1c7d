import type { ByteString } from '../file-system/index.ts'
import type { ComponentTest } from './component.ts'
import { compilePattern, fits, mayFitBelow, type Pattern, splitPath, withoutGaps } from './pattern.ts'

/** Patterns of which later ones may take back, with `!`, what earlier ones matched. */
export interface PatternList {
  readonly isEmpty: boolean
  matches(path: ByteString): boolean
  /** Whether the path of a folder matches, or something below it may. */
  mayMatchBelow(folder: ByteString): boolean
  /** The same as `matches` for the entries of one folder, by their names: much faster for many. */
  inFolder(folder: ByteString): ComponentTest
}

/** Compiles patterns as `compilePattern` does. Empty ones are passed over. Fails with `input/invalid`. */
export function compilePatterns(texts: readonly ByteString[]): PatternList {
  const patterns = texts.filter((text) => text !== '').map(compilePattern)
  return {
    isEmpty: patterns.length === 0,
    matches: (path) => {
      const components = splitPath(path)
      return decide(patterns, (pattern) => fits(pattern, components))
    },
    mayMatchBelow: (folder) => {
      const components = splitPath(folder)
      return decide(patterns, (pattern) =>
        pattern.isNegated ? fits(pattern, components) : mayFitBelow(pattern, components),
      )
    },
    inFolder: (folder) => testNames(patterns, splitPath(folder)),
  }
}

function decide(patterns: readonly Pattern[], hasMet: (pattern: Pattern) => boolean): boolean {
  let decision = false
  for (const pattern of patterns) {
    if (decision === pattern.isNegated && hasMet(pattern)) decision = !pattern.isNegated
  }
  return decision
}

/** What is left to ask of a name once the folder is known. */
interface NameRule {
  readonly isNegated: boolean
  /** The decision is the same for every name. */
  readonly always: boolean
  /** Any of these names fits, */
  readonly names: Set<ByteString>
  /** and any name that one of these takes. */
  readonly tests: ComponentTest[]
}

/**
 * Splits each pattern into what the folder decides and its last component, which decides about the name. Neighbouring
 * patterns of the same sense become one rule, in which all plain names are one look-up.
 */
function testNames(patterns: readonly Pattern[], folder: readonly ByteString[]): ComponentTest {
  const rules: NameRule[] = []
  for (const pattern of patterns) {
    const previous = rules.at(-1)
    const always = fits(pattern, folder)
    if (previous?.isNegated === pattern.isNegated && previous.always === always && !always) {
      addLast(previous, pattern, folder)
    } else {
      const rule: NameRule = { isNegated: pattern.isNegated, always, names: new Set(), tests: [] }
      if (!always) addLast(rule, pattern, folder)
      rules.push(rule)
    }
  }
  const [only] = rules
  if (only === undefined) return () => false
  if (rules.length === 1) return only.isNegated ? () => false : (name) => isMet(only, name)
  return (name) => {
    let decision = false
    for (const rule of rules) {
      if (decision === rule.isNegated && isMet(rule, name)) decision = !rule.isNegated
    }
    return decision
  }
}

function isMet(rule: NameRule, name: ByteString): boolean {
  if (rule.always || rule.names.has(name)) return true
  for (const test of rule.tests) {
    if (test(name)) return true
  }
  return false
}

function addLast(rule: NameRule, pattern: Pattern, folder: readonly ByteString[]): void {
  // With several `**`, what fits depends on the path's length in ways that a folder alone does not tell.
  if (pattern.components.filter((component) => component === 'gap').length > 1) {
    rule.tests.push((name) => fits(pattern, [...folder, name]))
    return
  }
  for (const components of withoutGaps(pattern.components, folder.length + 1)) {
    const last = components.at(-1)
    if (last === undefined) continue
    const before: Pattern = { ...pattern, components: components.slice(0, -1) }
    if (!endsIn(before, folder)) continue
    if (last.literal === undefined) rule.tests.push(last.test)
    else rule.names.add(last.literal)
  }
}

/** Whether the pattern fits the last components of a folder's path. */
function endsIn({ isRooted, components }: Pattern, folder: readonly ByteString[]): boolean {
  const offset = folder.length - components.length
  if (isRooted ? offset !== 0 : offset < (folder[0] === '/' ? 1 : 0)) return false
  return components.every((component, index) => component !== 'gap' && component.test(folder[offset + index] ?? ''))
}
