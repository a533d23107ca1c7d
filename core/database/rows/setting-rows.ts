import type { Rows } from '../catalog.ts'

export async function readSetting(rows: Rows, key: string): Promise<string | undefined> {
  const found = await rows.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst()
  return found?.value
}

export async function writeSetting(rows: Rows, key: string, value: string): Promise<void> {
  await rows
    .insertInto('setting')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}

export async function removeSetting(rows: Rows, key: string): Promise<void> {
  await rows.deleteFrom('setting').where('key', '=', key).execute()
}
