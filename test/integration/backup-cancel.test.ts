import { execFileSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { ended, jsonLines, startHoldfast } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB
const POLL_EVERY = 2

const filesOf = (vault: Vault): string[] =>
  readdirSync(vault.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(vault.path.length + 1))
const packsOf = (vault: Vault): string[] => filesOf(vault).filter((name) => name.startsWith('data/'))
const isTemporary = (name: string): boolean => name.includes('-tmp-')

/** What is true at the moment that the signal is sent. */
const MOMENTS: Readonly<Record<string, (vault: Vault) => boolean>> = {
  'it has just taken its lock': (vault) => filesOf(vault).some((name) => name.startsWith('locks/')),
  'a pack is being written': (vault) => packsOf(vault).some(isTemporary),
  'some packs are stored': (vault) => packsOf(vault).filter((name) => !isTemporary(name)).length > 2,
}

/** Holes that take minutes, each of which is too short to be skipped, and has to be cut. */
function writeEndless(vault: Vault): void {
  const file = openSync(vault.write('later', ''), 'r+')
  for (let at = 0; at < 512 * GIB; at += 7 * MIB) writeSync(file, 'x', at)
  closeSync(file)
}

/** Starts a backup that never ends by itself, and sends the signal at this moment. */
async function cancelAt(vault: Vault, moment: string, signal: 'SIGINT' | 'SIGTERM', args: readonly string[] = []) {
  const child = startHoldfast(['repo', 'backup', ...args, vault.source], { env: vault.env })
  const ending = ended(child)
  const isNow = (): boolean => child.exitCode !== null || MOMENTS[moment]?.(vault) === true
  while (!isNow()) await new Promise((resolve) => setTimeout(resolve, POLL_EVERY))
  child.kill(signal)
  return ending
}

describeWith(['restic'], 'a large backup that is cancelled', () => {
  const cases = Object.keys(MOMENTS).flatMap((moment) =>
    (['SIGINT', 'SIGTERM'] as const).map((signal) => ({ moment, signal })),
  )
  it.each(cases)(
    'by $signal when $moment ends with 130, leaves nothing behind, and the next run finishes',
    async ({ moment, signal }) => {
      const vault = await makeVault()
      vault.write('large', randomFillSync(Buffer.alloc(40 * MIB)))
      for (let file = 0; file < 200; file++) vault.write(`small-${file % 9}/file-${file}`, `content ${file}`)
      writeEndless(vault)

      const { code, stderr, stdout } = await cancelAt(vault, moment, signal, ['--pack-size', '4'])
      const told = 'No snapshot was made. What was stored so far is safe, and the next backup does not store it again.'
      expect({ code, stderr }).toEqual({ code: 130, stderr: `Stopped by ${signal}. ${told}\n` })
      expect(stdout).not.toContain('saved')
      const left = filesOf(vault)
      expect(left.filter((name) => isTemporary(name) || /^(locks|snapshots)\//.test(name))).toEqual([])
      expect(vault.restic('check', '--read-data')).toContain('no errors were found')

      // What was stored is listed: the next run stores none of it again.
      const kept = left.filter((name) => name.startsWith('data/'))
      expect(left.filter((name) => name.startsWith('index/')).length > 0).toBe(kept.length > 0)
      rmSync(vault.at('later'))
      expect(await vault.backUp()).toMatchObject({ code: 0, stderr: '' })
      expect((await vault.holdfast(['check'])).stdout).not.toContain('in no index')
      expect(vault.restic('check', '--read-data')).toContain('no errors were found')
      vault.restic('restore', 'latest', '--target', vault.file('restored'))
      execFileSync('diff', ['-r', vault.source, join(vault.file('restored'), vault.source)])
    },
  )

  it('tells programs so as one JSON object', async () => {
    const vault = await makeVault()
    writeEndless(vault)
    const { code, stdout, stderr } = await cancelAt(vault, 'it has just taken its lock', 'SIGTERM', ['--json'])
    expect(code).toBe(130)
    expect(jsonLines(stderr)).toMatchObject([{ message_type: 'exit_error', code: 130, error: 'interrupted' }])
    expect(stdout).not.toContain('"summary"')
  })
})
