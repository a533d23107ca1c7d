import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import type { Log } from '../../../../core/appliance/data/open-log.ts'
import { createRunTeller } from '../../../../core/appliance/live/run-teller.ts'
import { openCatalog, type RunRow } from '../../../../core/database/index.ts'

it('the end of a run is told before anything is looked at because of it, and only its own vault is read anew', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-teller-'))
  const catalog = await openCatalog(join(root, 'catalog.db'))
  try {
    const said: string[] = []
    const teller = createRunTeller({
      catalog,
      readers: { renew: (vaultId) => void said.push(`renew ${vaultId}`) },
      log: {} as Log,
      publish: (event) => void said.push(event.type === 'run' ? `run ${event.run.state}` : event.type),
      progressOf: () => undefined,
      onEnd: ({ id }) => void said.push(`end of ${id}`),
    })
    teller.tell({ type: 'run', run: run({ state: 'running' }) })
    teller.tell({ type: 'run', run: run({ state: 'failed' }) })
    teller.tell({ type: 'point', id: 'point' })
    teller.tell({ type: 'run', run: run({ kind: 'check', state: 'succeeded' }) })
    await teller.close()
    expect(said).toEqual([
      'run running',
      'renew vault',
      'run failed',
      'end of run',
      'changed',
      'run succeeded',
      'end of run',
    ])
  } finally {
    await catalog.close()
    await rm(root, { recursive: true })
  }
})

function run(more: Partial<RunRow>): RunRow {
  return {
    id: 'run',
    kind: 'backup',
    state: 'queued',
    trigger: 'manual',
    cause_code: 'asked',
    cause_text: 'Asked for.',
    set_id: null,
    source_id: null,
    vault_id: 'vault',
    requested_by: null,
    attempt: 1,
    most_attempts: 1,
    queued_at: 0,
    started_at: null,
    ended_at: null,
    not_before: null,
    expires_at: null,
    scheduled_for: null,
    wanted: '{}',
    result: null,
    remedy: null,
    needs_confirmation: 0,
    process: null,
    committing: null,
    executor: null,
    ...more,
  }
}
