/**
 * The folders that somebody may reach, with all below them: physical paths, in the text form of the contract (see
 * `parsePathText`). Null: all but the system's.
 */
export type Roots = readonly string[] | null

/** Who wants to reach something. */
export interface Reacher {
  /** Whether he may administer by what he came with: a token of an administrator that was not given it may not. */
  readonly isAdministrator: boolean
  readonly roots: Roots
}

/** What is the appliance's own, wherever it lies. It counts as the system's. */
export interface OwnFolders {
  readonly dataFolder?: Buffer | undefined
  /** Its program, and folders that hold vaults. */
  readonly ownFolders?: readonly Buffer[] | undefined
}

export function listOwn({ dataFolder, ownFolders = [] }: OwnFolders): readonly Buffer[] {
  return dataFolder ? [dataFolder, ...ownFolders] : ownFolders
}
