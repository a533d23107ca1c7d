import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { cheapenKey } from './cheap-key.ts'
import { type Ended, jsonLines, runHoldfast } from './holdfast.ts'

/** A repository that stock restic made of an odd tree, in a temporary folder that goes with it. */
export interface OddRepository {
  /** The folder of the repository. */
  readonly path: string
  /** The folder that was backed up. */
  readonly source: string
  /** A new path for what a test needs. */
  file(name: string): string
  restic(...args: string[]): string
  /** The value that `restic … --json` prints. */
  resticJson(...args: string[]): unknown
  /** The objects that `restic … --json` prints one a line. */
  resticLines(...args: string[]): Record<string, unknown>[]
  /** `holdfast repo …` on it. */
  holdfast(...args: string[]): Promise<Ended>
  readonly env: Readonly<Record<string, string>>
  [Symbol.dispose](): void
}

export const PASSWORD = 'correct horse'

/** Not UTF-8, an escape sequence with a line feed, quotes and backslashes, no ASCII. */
export const ODD_NAMES = [
  'bad-\xff\xe9A',
  'red-\x1b[31m\nline',
  'q"uote \\ back\\x41',
  'gr\xc3\xb6\xc3\x9fe \xf0\x9f\x98\x80',
].map((name) => Buffer.from(name, 'latin1'))

/**
 * Three snapshots: host ada with tags nightly and db; host bob with tag weekly, when a file was longer; host ada with two
 * targets and no tags.
 */
export async function makeOddRepository(): Promise<OddRepository> {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-cli-'))
  const source = join(home, 'source')
  const path = join(home, 'repository')
  const env = {
    RESTIC_REPOSITORY: path,
    RESTIC_PASSWORD: PASSWORD,
    RESTIC_CACHE_DIR: join(home, 'cache'),
    TZ: 'UTC',
  }

  function restic(...args: string[]): string {
    // restic tells nobody on standard error what went well.
    return execFileSync('restic', args, { env: { ...process.env, ...env }, encoding: 'utf8', stdio: 'pipe' })
  }

  writeTree(source)
  restic('init')
  await cheapenKey(path, PASSWORD)
  restic('backup', source, '--host', 'ada', '--tag', 'nightly,db')
  appendFileSync(join(source, 'folder/deep/text'), 'more')
  restic('backup', source, '--host', 'bob', '--tag', 'weekly')
  restic('backup', join(source, 'folder'), join(source, 'empty'), '--host', 'ada')
  return {
    path,
    source,
    env,
    file: (name) => join(home, name),
    restic,
    resticJson: (...args) => JSON.parse(restic(...args, '--json')) as unknown,
    resticLines: (...args) => jsonLines(restic(...args, '--json')),
    holdfast: (...args) => runHoldfast(['repo', ...args], { env }),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  }
}

function writeTree(source: string): void {
  mkdirSync(join(source, 'folder/deep'), { recursive: true })
  mkdirSync(join(source, 'empty folder'))
  writeFileSync(join(source, 'empty'), '')
  // Some blobs of content, twice, and once more by another name.
  const content = randomBytes(5_000_000)
  writeFileSync(join(source, 'random'), content)
  writeFileSync(join(source, 'folder/copy'), content)
  linkSync(join(source, 'random'), join(source, 'folder/hard'))
  symlinkSync('../random', join(source, 'folder/link'))
  writeFileSync(join(source, 'folder/deep/text'), 'the same again and '.repeat(200_000))
  for (const name of ODD_NAMES) {
    writeFileSync(Buffer.concat([Buffer.from(`${source}/`), name]), name)
    writeFileSync(Buffer.concat([Buffer.from(`${source}/folder/`), name]), Buffer.concat([name, name]))
  }
}
