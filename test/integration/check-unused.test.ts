import { rmSync } from 'node:fs'

import { expect, it } from 'vitest'

import { jsonLines } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { seededBytes } from '../support/seeded-chance.ts'
import { makeVault } from '../support/vault.ts'

describeWith(['restic'], 'holdfast repo check --check-unused', () => {
  it('lists what no snapshot needs, all of which a prune then removes, and calls it no damage', async () => {
    const vault = await makeVault()
    for (const file of ['a', 'b/c', 'b/d']) vault.write(file, seededBytes(file, 50_000))
    const first = String((await vault.backUp()).summary['snapshot_id'])
    rmSync(vault.at('b'), { recursive: true })
    await vault.backUp()
    const before = await vault.holdfast(['check', '--check-unused'])
    expect(before).toMatchObject({ code: 0, stderr: '' })
    expect(before.stdout).not.toMatch(/^unused/m)

    const blobs = (): string[] => vault.restic('list', 'blobs', '--quiet').trim().split('\n').toSorted()
    const all = blobs()
    await vault.holdfast(['forget', first])
    const { code, stdout, stderr } = await vault.holdfast(['check', '--check-unused'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = [...stdout.matchAll(/^unused (data|tree) ([0-9a-f]{64}) in pack ([0-9a-f]{64})$/gm)]
    expect(lines.filter(([, type]) => type === 'data')).toHaveLength(2)
    // restic takes the option, and ends alike.
    vault.restic('check', '--check-unused')

    const json = await vault.holdfast(['check', '--check-unused', '--json', '--quiet'])
    const told = jsonLines(json.stdout).filter(({ message_type: type }) => type === 'unused')
    expect(told).toEqual(lines.map(([, type, id, pack]) => ({ message_type: 'unused', type, id, pack })))
    expect(jsonLines(json.stdout).at(-1)).toMatchObject({ message_type: 'summary', blobs_unused: lines.length })
    expect((await vault.holdfast(['check', '--json'])).stdout).not.toContain('"unused"')

    const packs = vault.stored()
    for (const [, , , pack = ''] of lines) expect(packs.join('\n')).toContain(pack)
    await vault.holdfast(['prune', '--max-unused', '0', '--grace', '1h'])
    const unused = new Set(lines.map(([, type, id]) => `${type} ${id}`))
    expect(blobs()).toEqual(all.filter((blob) => !unused.has(blob)))
    // What waits to be removed is not listed.
    expect((await vault.holdfast(['check', '--check-unused'])).stdout).not.toMatch(/^unused/m)
  })

  it('says so where nobody can tell, and ends as after any damage', async () => {
    const vault = await makeVault()
    vault.write('a', seededBytes(1, 1000))
    await vault.backUp()
    rmSync(`${vault.path}/data`, { recursive: true })
    const { code, stdout, stderr } = await vault.holdfast(['check', '--check-unused'])
    expect(code).toBe(1)
    expect(stdout).not.toMatch(/^unused/m)
    expect(stderr).toContain('Which blobs are unused nobody can tell')
  })
})
