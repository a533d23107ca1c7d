/** What is backed up, and with it what carries runs out: an agent on the server itself, or a proxy beside it. */
export type Workload =
  | 'file-server-windows'
  | 'file-server-linux'
  | 'nas'
  | 'sql-server'
  | 'oracle'
  | 'vmware'
  | 'hyper-v'

/** Which proxies a row of NAS is about: the assigned one's version, then whether its pool balances load. */
export type ProxyKind = 'before-7.0.0' | 'balanced' | 'unbalanced'

/**
 * What becomes of a request whose executor is not running.
 *
 * - **fail**: it fails at once.
 * - **wait**: it waits until the executor is back, or until the request expires.
 * - **wait-a-day**: the same, 24 hours at most.
 * - **skip**: there is none this time; the schedule's next one is tried as usual.
 * - **move-or-wait**: another connected proxy of the pool does it; where there is none it waits.
 * - **move-or-wait-a-day**: the same, 24 hours at most.
 * - **skip-then-move**: it is skipped; after so many skips in a row another connected proxy does it, where there is one.
 */
export type DownAction =
  | 'fail'
  | 'wait'
  | 'wait-a-day'
  | 'skip'
  | 'move-or-wait'
  | 'move-or-wait-a-day'
  | 'skip-then-move'

export interface DownRow {
  readonly workload: Workload
  readonly work: 'backup' | 'restore'
  readonly trigger: 'manual' | 'schedule' | 'any'
  readonly proxy: ProxyKind | 'any'
  readonly action: DownAction
  /** The requirements that say so. */
  readonly by: string
  /** The requirement is silent, or what it said is lost: this is our own decision. */
  readonly isOurs: boolean
}

type Line = readonly [
  DownRow['workload'],
  DownRow['work'],
  DownRow['trigger'],
  DownRow['proxy'],
  DownAction,
  string,
  'ours'?,
]

/**
 * Workloads differ on purpose (requirements, section 15, item 2). For each question there is one row. NAS goes by the
 * version of the assigned proxy first: one before 7.0.0 keeps to NAS-2 and NAS-4, though its pool cannot be balanced and
 * NAS-10 would have it fail. Whatever a restore does was lost, save for Hyper-V: a person waits for it, so it waits for the
 * executor and says why. VMW-3 says of a busy proxy what we take for one that is not running.
 */
// oxfmt-ignore
const LINES: readonly Line[] = [
  ['file-server-windows', 'backup',  'manual',   'any',          'fail',               'FS-3'],
  ['file-server-windows', 'backup',  'schedule', 'any',          'wait',               'FS-4'],
  ['file-server-windows', 'restore', 'any',      'any',          'wait',               'FS-21',         'ours'],
  ['file-server-linux',   'backup',  'manual',   'any',          'wait',               'FS-12'],
  ['file-server-linux',   'backup',  'schedule', 'any',          'skip',               'FS-13'],
  ['file-server-linux',   'restore', 'any',      'any',          'wait',               'FS-21',         'ours'],
  ['nas',                 'backup',  'manual',   'before-7.0.0', 'wait-a-day',         'NAS-2, NAS-3'],
  ['nas',                 'backup',  'schedule', 'before-7.0.0', 'skip',               'NAS-4'],
  ['nas',                 'backup',  'manual',   'balanced',     'move-or-wait-a-day', 'NAS-5'],
  ['nas',                 'backup',  'schedule', 'balanced',     'skip-then-move',     'NAS-6'],
  ['nas',                 'backup',  'manual',   'unbalanced',   'fail',               'NAS-8 to NAS-11'],
  ['nas',                 'backup',  'schedule', 'unbalanced',   'skip',               'NAS-6, NAS-8, NAS-11'],
  ['nas',                 'restore', 'any',      'any',          'wait',               'NAS-22',        'ours'],
  ['sql-server',          'backup',  'any',      'any',          'wait',               'SQL-3, SQL-18'],
  ['sql-server',          'restore', 'any',      'any',          'wait',               'SQL-49',        'ours'],
  ['oracle',              'backup',  'any',      'any',          'wait',               'ORA-10',        'ours'],
  ['oracle',              'restore', 'any',      'any',          'wait',               'ORA-10',        'ours'],
  ['vmware',              'backup',  'any',      'any',          'move-or-wait',       'VMW-2, VMW-3',  'ours'],
  ['vmware',              'restore', 'any',      'any',          'move-or-wait',       'VMW-16',        'ours'],
  ['hyper-v',             'backup',  'any',      'any',          'wait',               'HV-1',          'ours'],
  ['hyper-v',             'restore', 'any',      'any',          'wait',               'HV-8'],
]

/** What happens to a request whose executor is not running, for every workload. */
export const DOWN_TABLE: readonly DownRow[] = LINES.map(([workload, work, trigger, proxy, action, by, ours]) => {
  return { workload, work, trigger, proxy, action, by, isOurs: ours === 'ours' }
})
