/**
 * Secrets at rest, and out of sight.
 *
 * - **Sealing key**: what passwords of vaults and the like are sealed with in the catalog. It is never kept there.
 * - **Key source**: where the operating system keeps that key: a credential of systemd, or a file of the data folder.
 * - **Sealed**: encrypted and bound to its **context**, which says what it is and of which object. Moved elsewhere, it
 *   cannot be opened.
 * - **Fingerprint**: tells two keys apart and nothing else. The catalog keeps it, so that a wrong key is told at the start.
 */
export { findSealingKey, openSealingKey, type OpenSealingKeyOptions } from './key/open-sealing-key.ts'
export type { KeySource } from './key/key-source.ts'
export { createSealingKey, type SealingKey } from './sealing-key.ts'
export { REDACTED_PATHS } from './redact/log-paths.ts'
export { redactDetails } from './redact/redact-details.ts'
