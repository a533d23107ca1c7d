import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { describe, expect, it, onTestFinished } from 'vitest'

import { openReceipts, type Receipt } from '../../../../core/vault-door/index.ts'

const receipt = (digit: string, given: Partial<Receipt> = {}): Receipt => ({
  kind: 'pack',
  name: digit.repeat(64),
  agent: 'ada',
  size: 100,
  receivedAt: 1000,
  ...given,
})

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-receipts-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'receipts.sqlite')
}

describe('receipts', () => {
  it('outlive the process, with how much of each agent is there', () => {
    const path = place()
    const before = openReceipts(path)
    before.add('v', receipt('1'))
    before.add('v', receipt('2', { kind: 'lock', size: 5 }))
    before.setLostLock('v', 'ada', true)
    before.close()
    const after = openReceipts(path)
    onTestFinished(() => after.close())
    expect(after.find('v', receipt('1'))).toEqual(receipt('1'))
    expect(after.ofKind('v', 'lock')).toEqual([receipt('2', { kind: 'lock', size: 5 })])
    expect(after.storedBy('v', 'ada')).toBe(105)
    expect(after.hasLostLock('v', 'ada')).toBe(true)
  })

  it('stay with whom brought a file first, and count it once', () => {
    const receipts = openReceipts(':memory:')
    expect(receipts.add('v', receipt('1'))).toBe(true)
    expect(receipts.add('v', receipt('1', { receivedAt: 2000 }))).toBe(true)
    expect(receipts.add('v', receipt('1', { agent: 'ben', receivedAt: 3000 }))).toBe(false)
    expect(receipts.find('v', receipt('1'))).toEqual(receipt('1', { receivedAt: 2000 }))
    expect([receipts.storedBy('v', 'ada'), receipts.storedBy('v', 'ben')]).toEqual([100, 0])
  })

  it('keep vaults apart', () => {
    const receipts = openReceipts(':memory:')
    receipts.add('v', receipt('1'))
    receipts.remove('w', receipt('1'))
    expect(receipts.find('w', receipt('1'))).toBeUndefined()
    expect([receipts.storedBy('v', 'ada'), receipts.storedBy('w', 'ada')]).toEqual([100, 0])
    receipts.remove('v', receipt('1'))
    expect(receipts.storedBy('v', 'ada')).toBe(0)
  })

  it('are not touched where a newer version wrote them', () => {
    const path = place()
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    expect(() => openReceipts(path)).toThrow(expect.objectContaining({ code: 'storage/refused' }))
  })
})
