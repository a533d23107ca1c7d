/**
 * The catalog: the appliance's own database. It can be built anew from the vaults, and is never the only copy of anything
 * that a restore needs.
 *
 * - **Catalog**: the database, opened. **Rows**: the catalog or a transaction of it.
 * - **Migration**: a step to the next form of the tables. They go forward only.
 */
export { type Catalog, openCatalog, type Rows } from './catalog.ts'
export { type CatalogPeek, peekCatalog } from './peek-catalog.ts'
export { nameTaken } from './name-taken.ts'
export type { Page, PageOf } from './page.ts'
export * from './rows/agent-rows.ts'
export * from './rows/alert-rows.ts'
export * from './rows/audit-rows.ts'
export * from './rows/cache-rows.ts'
export * from './rows/configured-rows.ts'
export * from './rows/person-rows.ts'
export * from './rows/point-rows.ts'
export * from './rows/run-rows.ts'
export * from './rows/setting-rows.ts'
