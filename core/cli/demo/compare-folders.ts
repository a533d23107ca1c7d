import { lstat, opendir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

export interface Compared {
  readonly entries: number
  /** Paths that are missing, of another kind, or have other content or another modification time. */
  readonly differences: readonly string[]
}

/** Compares two folders entry by entry and byte by byte. */
export async function compareFolders(left: string, right: string): Promise<Compared> {
  const differences: string[] = []
  let entries = 0

  async function compare(path: string): Promise<void> {
    entries++
    if (!(await isSame(join(left, path), join(right, path)))) differences.push(path)
    else if ((await lstat(join(left, path))).isDirectory()) await compareInside(path)
  }

  async function compareInside(path: string): Promise<void> {
    const names = new Set<string>()
    for (const side of [left, right]) for await (const { name } of await opendir(join(side, path))) names.add(name)
    for (const name of names) await compare(join(path, name))
  }

  await compareInside('')
  return { entries, differences }
}

async function isSame(left: string, right: string): Promise<boolean> {
  const [before, after] = await Promise.all([statOrNone(left), statOrNone(right)])
  if (!before || !after || before.mode !== after.mode) return false
  if (before.isDirectory()) return true
  if (before.isSymbolicLink()) return (await readlink(left)) === (await readlink(right))
  if (before.mtimeNs !== after.mtimeNs || before.size !== after.size) return false
  return !before.isFile() || (await readFile(left)).equals(await readFile(right))
}

async function statOrNone(path: string): Promise<Awaited<ReturnType<typeof lstatExact>> | undefined> {
  try {
    return await lstatExact(path)
  } catch {
    return undefined
  }
}

function lstatExact(path: string) {
  return lstat(path, { bigint: true })
}
