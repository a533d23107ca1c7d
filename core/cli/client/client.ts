import type { Command } from 'commander'

import { addAgent } from './agent.ts'
import { addAlerts } from './alerts.ts'
import { addAudit } from './audit.ts'
import { addBackup } from './backup.ts'
import { addBurntDown } from './burnt-down.ts'
import { addCache } from './cache.ts'
import type { End } from './client-command.ts'
import { addCompletion } from './completion.ts'
import { addEntries } from './entries.ts'
import { addExportKit } from './export-kit.ts'
import { addLogin } from './login.ts'
import { addPassword } from './password.ts'
import { addPoints } from './points.ts'
import { addPolicy } from './policy.ts'
import { addRestore } from './restore.ts'
import { addRun } from './run.ts'
import { addRuns } from './runs.ts'
import { addSet } from './set.ts'
import { addSettings } from './settings.ts'
import { addSetup } from './setup.ts'
import { addSource } from './source.ts'
import { addStatus } from './status.ts'
import { addToken } from './token.ts'
import { addUser } from './user.ts'
import { addVault } from './vault.ts'

/** Adds what asks a service, on this computer or another. */
export function addClientCommands(program: Command, end: End): void {
  const commands = [
    addSetup,
    addLogin,
    addPassword,
    addStatus,
    addBurntDown,
    addVault,
    addCache,
    addAgent,
    addSource,
    addPolicy,
    addSet,
    addBackup,
    addPoints,
    addEntries,
    addRestore,
    addRuns,
    addRun,
    addAlerts,
    addUser,
    addToken,
    addExportKit,
    addSettings,
    addAudit,
    addCompletion,
  ]
  for (const add of commands) add(program, end)
}
