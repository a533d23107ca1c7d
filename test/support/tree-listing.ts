// By programs that have nothing to do with ours, for a hundred thousand files too. `folder-listing.ts` lists byte by byte.

import { execFileSync } from 'node:child_process'

import { expect } from 'vitest'

/**
 * Kind, mode, owner, time to the nanosecond, links, size and target of everything below a folder, in one text. Of
 * folders neither links nor size, which are the file system's own affair.
 */
export function treeListing(folder: string): string {
  const lines = execFileSync('find', ['.', '-printf', String.raw`%p|%y|%m|%U|%G|%T@|%n|%s|%l\0`], {
    cwd: folder,
    encoding: 'latin1',
    maxBuffer: Infinity,
  })
  return lines
    .split('\0')
    .map((line) => (/\|d\|/.test(line) ? line.replace(/\|\d+\|\d+\|$/, '') : line))
    .toSorted()
    .join('\n')
}

/** The extended attributes, ACLs among them, of everything below a folder, in one text. */
export function treeAttributes(folder: string): string {
  const text = execFileSync('getfattr', ['-R', '-d', '-m', '-', '-h', '.'], {
    cwd: folder,
    encoding: 'latin1',
    maxBuffer: Infinity,
  })
  return text.split('\n\n').toSorted().join('\n\n')
}

/** Names in `passedOver` have no content to be read: FIFOs and devices. */
export function expectSameTree(restored: string, source: string, passedOver: readonly string[] = []): void {
  // Equal or not at all: of a hundred thousand lines nobody reads a comparison.
  const [is, was] = [treeListing(restored), treeListing(source)]
  if (is !== was) expect(differingLines(is, was)).toEqual({})
  expect(treeAttributes(restored)).toBe(treeAttributes(source))
  execFileSync('diff', ['-r', '--no-dereference', ...passedOver.flatMap((name) => ['-x', name]), source, restored])
}

function differingLines(is: string, was: string): Record<string, string[]> {
  const [isLines, wasLines] = [new Set(is.split('\n')), new Set(was.split('\n'))]
  return {
    only: [...isLines].filter((line) => !wasLines.has(line)).slice(0, 20),
    missing: [...wasLines].filter((line) => !isLines.has(line)).slice(0, 20),
  }
}
