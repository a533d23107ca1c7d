/** Which of the repositories of a command is meant: most have one, and some take from another. */
export interface RepositoryRole {
  /** What begins the names of its variables. */
  readonly variables: string
  /** The options that name it. */
  readonly repo: string
  readonly passwordFile: string
  readonly question: string
  /** In a message: `No … was named`. */
  readonly noun: string
}

export const OWN: RepositoryRole = {
  variables: 'RESTIC_',
  repo: '--repo',
  passwordFile: '--password-file',
  question: 'Password of the repository: ',
  noun: 'repository',
}

export const SOURCE: RepositoryRole = {
  variables: 'RESTIC_FROM_',
  repo: '--from-repo',
  passwordFile: '--from-password-file',
  question: 'Password of the source repository: ',
  noun: 'source repository',
}
