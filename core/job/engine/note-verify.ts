import { type Rows, type RunRow, vaultRows } from '../../database/index.ts'

/**
 * What a verification says of its vault. A file that did not come back is damage, until a check has read all data and found
 * nothing: a later sample that misses that file proves nothing about it.
 */
export async function noteVerify(rows: Rows, run: RunRow, filesLost: number): Promise<void> {
  if (filesLost === 0) return
  const vault = await vaultRows.find(rows, run.vault_id)
  if (!vault) return
  await vaultRows.update(rows, vault.id, {
    check_damages: Math.max(vault.check_damages, filesLost),
    damage_run_id: vault.check_damages > 0 ? vault.damage_run_id : run.id,
    damage_needs_reading: 1,
  })
}
