import { type Rows, type RunRow, vaultRows } from '../../database/index.ts'

/**
 * What a check says of its vault from now on. Damage that was found by reading all data is not seen by a check that reads none,
 * which therefore does not end it.
 */
export async function noteCheck(rows: Rows, run: RunRow, damages: number, now: number): Promise<void> {
  const vault = await vaultRows.find(rows, run.vault_id)
  if (!vault) return
  const readsAll = (JSON.parse(run.wanted) as { readData?: boolean }).readData === true
  if (vault.damage_needs_reading === 1 && !readsAll) {
    await vaultRows.update(rows, vault.id, { checked_at: now, check_damages: Math.max(vault.check_damages, damages) })
    return
  }
  await vaultRows.update(rows, vault.id, {
    checked_at: now,
    check_damages: damages,
    damage_run_id: damages > 0 ? run.id : null,
    damage_needs_reading: damages > 0 && readsAll ? 1 : 0,
  })
}
