import type { GroupKey } from '../../../snapshot/index.ts'
import type { SnapshotOptions } from '../lookup/snapshot-options.ts'

export interface ForgetOptions extends SnapshotOptions {
  readonly keepLast?: string
  readonly keepHourly?: string
  readonly keepDaily?: string
  readonly keepWeekly?: string
  readonly keepMonthly?: string
  readonly keepYearly?: string
  readonly keepWithin?: string
  readonly keepWithinHourly?: string
  readonly keepWithinDaily?: string
  readonly keepWithinWeekly?: string
  readonly keepWithinMonthly?: string
  readonly keepWithinYearly?: string
  readonly keepTag?: readonly string[]
  readonly retainDays?: number
  readonly retainWeeks?: number
  readonly retainMonths?: number
  readonly retainYears?: number
  readonly timeZone?: string
  readonly groupBy?: readonly GroupKey[]
  readonly compact?: boolean
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly prune?: boolean
  readonly grace?: number
}
