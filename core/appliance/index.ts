/**
 * The appliance is the composition root: the one place that constructs. It does each operation of the contract.
 *
 * - **Caller**: who calls, as it was proved. **Call**: what an operation is told beside its input.
 * - **Operations**: an object of the contract's own shape: one function for each operation.
 */
export type { Appliance, AuditRecord, Download } from './appliance.ts'
export { type DataFolder, defaultDataFolder, openDataFolder } from './data/data-folder.ts'
export { examineDataFolder, type StartFinding } from './data/examine-data-folder.ts'
export { type Log, openLog, silentLog } from './data/open-log.ts'
export { type ApplianceOptions, openAppliance, type OpenedAppliance } from './open-appliance.ts'
export type { Operations, OperationsOf } from './operations/operations.ts'
export type { Call, Caller } from './people/call.ts'
export { rebuildCatalog, type Rebuilt, type RebuildOptions } from './upkeep/rebuild-catalog.ts'
