import type { VaultRow } from '../../core/database/index.ts'

/** A vault of which nothing is known yet. */
export function vaultRow(more: Partial<VaultRow> & Pick<VaultRow, 'id' | 'name'>): VaultRow {
  return {
    location: '{}',
    repository_id: more.id,
    password_sealed: '',
    access_sealed: null,
    created_at: 0,
    removed_at: null,
    kit_exported_at: null,
    kit_exported_by: null,
    state: 'ready',
    problem: null,
    bytes_stored: null,
    bytes_free: null,
    bytes_total: null,
    measured_at: null,
    checked_at: null,
    check_damages: 0,
    damage_run_id: null,
    damage_needs_reading: 0,
    verified_at: null,
    pruned_at: null,
    forgot_at: null,
    forgot_moment: null,
    catalog_at: null,
    ...more,
  }
}
