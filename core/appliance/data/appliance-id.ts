import { type Catalog, readSetting, writeSetting } from '../../database/index.ts'

const KEY = 'appliance-id'

/** By what this appliance is known where others look, for ever. One that has none yet is given `drawn`. */
export async function openApplianceId(catalog: Catalog, drawn: string): Promise<string> {
  return catalog.transaction(async (rows) => {
    const known = await readSetting(rows, KEY)
    if (known === undefined) await writeSetting(rows, KEY, drawn)
    return known ?? drawn
  })
}
