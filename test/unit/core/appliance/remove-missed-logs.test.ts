import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { removeMissedLogs } from '../../../../core/appliance/upkeep/remove-missed-logs.ts'

const OLD = 1000
const MOMENT = 2_000_000

it('removes lists of missed files that are old enough, and nothing else', async () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-missed-logs-'))
  const logs = join(root, 'logs')
  const place = (name: string, seconds: number): string => {
    const path = join(logs, 'set', name)
    writeFileSync(path, '')
    utimesSync(path, seconds, seconds)
    return path
  }
  try {
    mkdirSync(join(logs, 'set'), { recursive: true })
    const gone = [place('Holdfast-a-MissedFiles.log', OLD), place('.Holdfast-b-MissedFiles.part', OLD)]
    const kept = [place('Holdfast-c-MissedFiles.log', MOMENT), place('notes.txt', OLD)]
    const elsewhere = join(root, 'elsewhere')
    mkdirSync(elsewhere)
    kept.push(join(elsewhere, 'Holdfast-d-MissedFiles.log'))
    writeFileSync(join(elsewhere, 'Holdfast-d-MissedFiles.log'), '')
    utimesSync(join(elsewhere, 'Holdfast-d-MissedFiles.log'), OLD, OLD)
    symlinkSync(elsewhere, join(logs, 'link'))

    await removeMissedLogs(logs, MOMENT)
    expect(gone.filter((path) => existsSync(path))).toEqual([])
    expect(kept.filter((path) => !existsSync(path))).toEqual([])
    await removeMissedLogs(join(root, 'none'), MOMENT)
  } finally {
    rmSync(root, { recursive: true })
  }
})
